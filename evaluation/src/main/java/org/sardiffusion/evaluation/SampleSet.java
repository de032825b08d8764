package org.sardiffusion.evaluation;

import java.util.function.Consumer;

/** Images that are read one after the other, always in the same order. */
public interface SampleSet {
  /** Names the set in the report: a model, or "real". */
  String name();

  /** How many images there are. */
  long size();

  /**
   * Passes every image to {@code consumer}, which must not keep it.
   *
   * @throws EvaluationException if an image is not what an evaluation can use
   */
  void forEach(Consumer<Sample> consumer);
}
