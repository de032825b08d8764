package org.sardiffusion.core.run;

/**
 * Hears how long work gets on, on the threads that do it. Work that has more to tell extends it.
 */
public interface Progress {
  /** Hears nothing. */
  Progress NONE = new Progress() {};

  /** Something that the user should know; each sentence comes once. */
  default void note(String message) {}

  /**
   * How far a stage of the work is.
   *
   * @param stage what is done, such as {@code decode}
   * @param done parts that are done, from 0 to {@code total}; those of an earlier run count
   * @param total parts of this stage, above 0
   */
  default void advanced(String stage, long done, long total) {}
}
