package org.sardiffusion.evaluation;

/** Hears how an evaluation goes on. */
@FunctionalInterface
public interface EvaluationListener {
  /**
   * @param set the name of the set that is being read
   * @param done images of it that are finished
   * @param total images of it
   */
  void image(String set, long done, long total);
}
