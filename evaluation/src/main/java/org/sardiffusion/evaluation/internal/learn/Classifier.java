package org.sardiffusion.evaluation.internal.learn;

import java.util.Map;

/** Tells classes apart, as it has learned. */
@FunctionalInterface
public interface Classifier {
  /** How well a row fits each class that there was to learn, in [0,1]. */
  Map<String, Double> scores(double[] row);

  /** The class that a row fits best. */
  default String classOf(double[] row) {
    return scores(row).entrySet().stream()
        .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .orElseThrow()
        .getKey();
  }
}
