package org.sardiffusion.training.run;

/** How a run ended that did not fail. */
public sealed interface TrainingOutcome {
  /**
   * All steps are done.
   *
   * @param result what came out
   */
  record Finished(TrainingEvent.Finished result) implements TrainingOutcome {}

  /**
   * The run was stopped and can go on.
   *
   * @param stop where
   */
  record Interrupted(TrainingEvent.Interrupted stop) implements TrainingOutcome {}
}
