package org.sardiffusion.evaluation.internal.features;

/**
 * The squared maximum mean discrepancy with the kernel {@code (x y / P + 1)^3}, unbiased (KID; M.
 * Binkowski et al., "Demystifying MMD GANs", 2018): near 0, also slightly below it, for sets of one
 * distribution, of whatever size.
 */
public final class KernelDistance {
  private KernelDistance() {}

  /**
   * @param a features [N,P]
   * @param b features [M,P]
   * @return NaN if a set has fewer than two members
   */
  public static double between(float[][] a, float[][] b) {
    if (a.length < 2 || b.length < 2) {
      return Double.NaN;
    }
    double across = 0;
    for (float[] x : a) {
      for (float[] y : b) {
        across += kernel(x, y);
      }
    }
    return within(a) + within(b) - 2 * across / ((double) a.length * b.length);
  }

  /** The mean over all pairs of different members. */
  private static double within(float[][] features) {
    double sum = 0;
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += kernel(features[i], features[j]);
      }
    }
    return 2 * sum / ((double) features.length * (features.length - 1));
  }

  private static double kernel(float[] x, float[] y) {
    double value = Vectors.dot(x, y) / x.length + 1;
    return value * value * value;
  }
}
