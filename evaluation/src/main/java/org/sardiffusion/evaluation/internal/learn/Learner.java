package org.sardiffusion.evaluation.internal.learn;

/** Learns a classifier; the same examples in the same order give the same one. */
@FunctionalInterface
public interface Learner {
  /**
   * Learns.
   *
   * @param examples of at least two classes
   */
  Classifier learn(Examples examples);
}
