package org.sardiffusion.evaluation.augmentation;

/**
 * How the worth of generated images is tried.
 *
 * @param folds of the cross-validation, at least 2
 * @param cost of the logistic regression, inverse strength of its penalty, above 0
 * @param fewest images that a label must have in both sets, at least 2
 * @param seed of all draws
 */
public record AugmentationSettings(int folds, double cost, int fewest, long seed) {
  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public AugmentationSettings {
    if (folds < 2 || fewest < 2 || !(cost > 0)) {
      throw new IllegalArgumentException(
          "A test of augmentation takes at least 2 folds, 2 images per label, and a cost above 0");
    }
  }

  /** 5 folds, a cost of 0.1, 5 images, seed 0. */
  public static AugmentationSettings defaults() {
    return new AugmentationSettings(5, 0.1, 5, 0);
  }
}
