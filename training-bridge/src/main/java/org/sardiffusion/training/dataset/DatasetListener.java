package org.sardiffusion.training.dataset;

/** Is told how a build gets on, from the thread that runs it. */
public interface DatasetListener {
  /** Nothing to hear, and never a reason to stop. */
  DatasetListener SILENT =
      new DatasetListener() {
        @Override
        public void progress(String what, int done, int total) {}

        @Override
        public void note(String line) {}
      };

  /**
   * How far a stage is.
   *
   * @param what the stage
   * @param done how many sources are through
   * @param total how many there are
   */
  void progress(String what, int done, int total);

  /** Something that the user should know. */
  void note(String line);

  /** Whether to stop at the next patch; what is done is kept for {@link Existing#RESUME}. */
  default boolean stopWanted() {
    return false;
  }
}
