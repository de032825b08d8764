package org.sardiffusion.training.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a trainer tells while it works: one JSON object a line, version 1, as {@code
 * sar_trainer/train/events.schema.json} describes it.
 */
public sealed interface TrainingEvent {
  /**
   * Training begins, or goes on.
   *
   * @param task what is trained
   * @param steps optimizer steps of the whole run
   * @param firstStep the step that comes next: 1 in a new run
   * @param trainableParameters how many numbers are trained, by component
   * @param device {@code cpu} or {@code cuda:N}
   */
  record Started(
      String task, long steps, long firstStep, Map<String, Long> trainableParameters, String device)
      implements TrainingEvent {}

  /**
   * One optimizer step is done.
   *
   * @param step its number, from 1
   * @param steps of the whole run
   * @param epoch the pass over the data, from 1
   * @param loss the total, NaN where it is not a number
   * @param terms the loss's parts by name, unweighted
   * @param learningRates by parameter group
   * @param seconds that it took
   * @param secondsLeft until the last step, estimated
   */
  record Step(
      long step,
      long steps,
      long epoch,
      double loss,
      Map<String, Double> terms,
      Map<String, Double> learningRates,
      double seconds,
      double secondsLeft)
      implements TrainingEvent {}

  /**
   * The model as it is was looked at.
   *
   * @param step the steps done so far
   * @param images what was written
   * @param metrics what was measured, by name
   */
  record Validation(long step, List<Path> images, Map<String, Double> metrics)
      implements TrainingEvent {}

  /**
   * A checkpoint is safe on disk.
   *
   * @param step the step that the run can go on from
   */
  record Checkpoint(long step, Path path) implements TrainingEvent {}

  /** Something worth reading. */
  record Message(String text) implements TrainingEvent {}

  /** Work other than steps begins, such as {@code export}. */
  record Stage(String name) implements TrainingEvent {}

  /**
   * All is done.
   *
   * @param model the finished model's folder
   * @param bundle its ONNX bundle, unless the configuration asks for none
   * @param adapters adapter files
   * @param seconds from the trainer's start to its end
   */
  record Finished(Path model, Optional<Path> bundle, List<Path> adapters, double seconds)
      implements TrainingEvent {}

  /**
   * The trainer was asked to stop, and did.
   *
   * @param step the steps done
   * @param checkpoint what the run goes on from
   */
  record Interrupted(long step, Optional<Path> checkpoint) implements TrainingEvent {}

  /**
   * The trainer gave up.
   *
   * @param message what happened
   * @param key the key of the configuration that is to blame, if one is
   * @param hint what may help
   */
  record Failed(String message, Optional<String> key, Optional<String> hint)
      implements TrainingEvent {}

  /**
   * An event of a newer trainer, which may be ignored.
   *
   * @param kind its name
   */
  record Unknown(String kind) implements TrainingEvent {}
}
