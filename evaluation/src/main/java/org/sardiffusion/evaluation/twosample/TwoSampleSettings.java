package org.sardiffusion.evaluation.twosample;

/**
 * How images are told apart.
 *
 * @param images of each set that are kept for it, at least 1; of more, a fair sample
 * @param folds of the cross-validation, at least 2
 * @param cost of the logistic regression, inverse strength of its penalty, above 0
 * @param trees of the ensemble, at least 1
 * @param seed of all draws
 */
public record TwoSampleSettings(int images, int folds, double cost, int trees, long seed) {
  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public TwoSampleSettings {
    if (images < 1 || folds < 2 || trees < 1 || !(cost > 0)) {
      throw new IllegalArgumentException(
          "A two-sample test takes at least 1 image, 2 folds and 1 tree, and a cost above 0");
    }
  }

  /** 500 images, 5 folds, a cost of 0.1, 300 trees, seed 0. */
  public static TwoSampleSettings defaults() {
    return new TwoSampleSettings(500, 5, 0.1, 300, 0);
  }

  /** The same for another number of images. */
  public TwoSampleSettings withImages(int number) {
    return new TwoSampleSettings(number, folds, cost, trees, seed);
  }
}
