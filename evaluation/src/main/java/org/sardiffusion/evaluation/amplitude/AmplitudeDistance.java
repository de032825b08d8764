package org.sardiffusion.evaluation.amplitude;

/**
 * How far the amplitudes of generated images are from those of real ones; 0 when they agree.
 *
 * @param kullbackLeibler KL(real || generated), natural logarithm (the paper's equation 4)
 * @param jensenShannon Jensen-Shannon divergence, natural logarithm, in [0, ln 2]; the square of
 *     {@code scipy.spatial.distance.jensenshannon}
 * @param wasserstein first Wasserstein distance, in amplitude, in [0,1]
 */
public record AmplitudeDistance(double kullbackLeibler, double jensenShannon, double wasserstein) {
  /**
   * Compares what was counted of two sets with the same settings.
   *
   * @return NaN throughout if one of them counted no pixel
   * @throws IllegalArgumentException if their settings differ
   */
  public static AmplitudeDistance between(AmplitudeCounts real, AmplitudeCounts generated) {
    if (!real.settings().equals(generated.settings())) {
      throw new IllegalArgumentException("Histograms of different settings cannot be compared");
    }
    if (real.count() == 0 || generated.count() == 0) {
      return new AmplitudeDistance(Double.NaN, Double.NaN, Double.NaN);
    }
    double[] p = real.probabilities();
    double[] q = generated.probabilities();
    return new AmplitudeDistance(
        kullbackLeibler(p, q, real.settings().epsilon()),
        jensenShannon(p, q),
        wasserstein(real.levels(), generated.levels()));
  }

  /**
   * The Kullback-Leibler divergence sum p log(p / q), both smoothed by adding epsilon to each bin
   * and dividing by the new sum, as {@code scipy.stats.entropy(p + epsilon, q + epsilon)} is.
   *
   * @param p probabilities
   * @param q probabilities of the same bins
   * @return at least 0, in nats; infinite if epsilon is 0 and q is 0 where p is not
   */
  public static double kullbackLeibler(double[] p, double[] q, double epsilon) {
    double pSum = 0;
    double qSum = 0;
    for (int i = 0; i < p.length; i++) {
      pSum += p[i] + epsilon;
      qSum += q[i] + epsilon;
    }
    double divergence = 0;
    for (int i = 0; i < p.length; i++) {
      double pi = (p[i] + epsilon) / pSum;
      if (pi > 0) {
        divergence += pi * Math.log(pi / ((q[i] + epsilon) / qSum));
      }
    }
    return Math.max(0, divergence);
  }

  /** The mean of the divergences of p and q from their mean, in nats. */
  public static double jensenShannon(double[] p, double[] q) {
    double[] middle = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      middle[i] = (p[i] + q[i]) / 2;
    }
    return (kullbackLeibler(p, middle, 0) + kullbackLeibler(q, middle, 0)) / 2;
  }

  /** The area between the two distribution functions. */
  private static double wasserstein(long[] real, long[] generated) {
    double realTotal = total(real);
    double generatedTotal = total(generated);
    long realBelow = 0;
    long generatedBelow = 0;
    double area = 0;
    for (int k = 0; k < real.length - 1; k++) {
      realBelow += real[k];
      generatedBelow += generated[k];
      area += Math.abs(realBelow / realTotal - generatedBelow / generatedTotal);
    }
    return area / (real.length - 1);
  }

  private static double total(long[] counts) {
    long total = 0;
    for (long c : counts) {
      total += c;
    }
    return total;
  }
}
