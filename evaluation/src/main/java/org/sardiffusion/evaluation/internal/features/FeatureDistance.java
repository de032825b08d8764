package org.sardiffusion.evaluation.internal.features;

/**
 * How far a generated set is from the real one in a feature space.
 *
 * @param frechet FID, over all images
 * @param kernel KID, over at most 2000 images of each set, evenly spread
 * @param manifolds precision and recall, over the same images
 * @param memorisation real images that generated ones come close to
 */
public record FeatureDistance(
    double frechet, double kernel, PrecisionRecall manifolds, Memorisation memorisation) {
  /** Pairs of this many can be compared in seconds. */
  private static final int MOST = 2000;

  /**
   * @param real features [N,P]
   * @param generated features [M,P]
   */
  public static FeatureDistance between(float[][] real, float[][] generated) {
    float[][] fewReal = spread(real);
    float[][] fewGenerated = spread(generated);
    return new FeatureDistance(
        FrechetDistance.between(real, generated),
        KernelDistance.between(fewReal, fewGenerated),
        PrecisionRecall.of(fewReal, fewGenerated),
        Memorisation.of(real, generated));
  }

  private static float[][] spread(float[][] features) {
    if (features.length <= MOST) {
      return features;
    }
    float[][] some = new float[MOST][];
    for (int i = 0; i < MOST; i++) {
      some[i] = features[(int) ((long) i * features.length / MOST)];
    }
    return some;
  }
}
