package org.sardiffusion.runtime.weights;

/**
 * Watches a conversion, and may end it. All methods are called on the thread that asked for the
 * conversion, several times a second.
 */
@FunctionalInterface
public interface ConversionListener {

  /** Watches nothing and never cancels. */
  ConversionListener SILENT = (bytesDone, bytesTotal) -> {};

  /**
   * Reports progress; called first with nothing done and last with everything done. Not called when
   * there is nothing to convert.
   *
   * @param bytesDone bytes written so far
   * @param bytesTotal bytes to write in all; above 0
   */
  void progress(long bytesDone, long bytesTotal);

  /** Another thread or process is converting the same graph; its result is being waited for. */
  default void waiting() {}

  /** Whether to end the conversion; it then leaves nothing behind. */
  default boolean cancelled() {
    return false;
  }
}
