package org.sardiffusion.evaluation.internal.features;

import java.util.Arrays;

/**
 * How much of the generated set looks real, and how much of the real set is covered (T.
 * Kynkäänniemi et al., "Improved precision and recall metric for assessing generative models",
 * 2019): the share of one set inside the union of balls around the members of the other, each
 * reaching to its third nearest neighbour.
 *
 * @param precision share of generated images inside the real manifold, in [0,1]
 * @param recall share of real images inside the generated manifold, in [0,1]
 */
public record PrecisionRecall(double precision, double recall) {
  private static final int NEIGHBOURS = 3;

  /**
   * @param real features [N,P]
   * @param generated features [M,P]
   * @return NaN if a set has fewer than four members
   */
  public static PrecisionRecall of(float[][] real, float[][] generated) {
    if (real.length <= NEIGHBOURS || generated.length <= NEIGHBOURS) {
      return new PrecisionRecall(Double.NaN, Double.NaN);
    }
    return new PrecisionRecall(covered(generated, real), covered(real, generated));
  }

  private static double covered(float[][] points, float[][] manifold) {
    double[] reach = new double[manifold.length];
    for (int i = 0; i < manifold.length; i++) {
      reach[i] = reach(manifold, i);
    }
    int inside = 0;
    for (float[] point : points) {
      for (int i = 0; i < manifold.length; i++) {
        if (Vectors.squaredDistance(point, manifold[i]) <= reach[i]) {
          inside++;
          break;
        }
      }
    }
    return (double) inside / points.length;
  }

  /** The squared distance of a member to its third nearest neighbour. */
  private static double reach(float[][] manifold, int of) {
    double[] nearest = new double[NEIGHBOURS];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (int j = 0; j < manifold.length; j++) {
      if (j != of) {
        double distance = Vectors.squaredDistance(manifold[of], manifold[j]);
        for (int k = 0; k < NEIGHBOURS; k++) {
          if (distance < nearest[k]) {
            double pushed = nearest[k];
            nearest[k] = distance;
            distance = pushed;
          }
        }
      }
    }
    return nearest[NEIGHBOURS - 1];
  }
}
