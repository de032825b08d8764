package org.sardiffusion.runtime.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;

/**
 * Stops running work from another thread.
 *
 * <p>{@link #cancel} makes ONNX Runtime leave a running graph at its next node, through {@code
 * RunOptions.setTerminate}, and every later step throw {@link CancelledException}. There is no way
 * back: make one for every request, and close it after the work.
 */
public final class Cancellation implements AutoCloseable {
  private RunOptions options;
  private volatile boolean cancelled;
  private boolean closed;

  /** Asks all work that was given this object to stop; returns at once. */
  public synchronized void cancel() {
    cancelled = true;
    if (options != null && !closed) {
      try {
        options.setTerminate(true);
      } catch (OrtException e) {
        // The flag above still stops the work, at the end of the running graph.
      }
    }
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Returns normally while nobody cancelled.
   *
   * @throws CancelledException once somebody did
   */
  public void check() {
    if (cancelled) {
      throw new CancelledException();
    }
  }

  synchronized RunOptions runOptions() throws OrtException {
    if (closed) {
      throw new IllegalStateException("This cancellation is closed: make one for every request.");
    }
    if (options == null) {
      NativeRuntime.environment();
      options = new RunOptions();
      options.setTerminate(cancelled);
    }
    return options;
  }

  @Override
  public synchronized void close() {
    if (options != null && !closed) {
      options.close();
    }
    closed = true;
  }
}
