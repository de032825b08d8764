package org.sardiffusion.evaluation.amplitude;

/**
 * The first four moments of a distribution of amplitudes; NaN where there were none.
 *
 * @param mean arithmetic mean
 * @param standardDeviation divided by n, as {@code numpy.std}
 * @param skewness third standardised moment, as {@code scipy.stats.skew}
 * @param kurtosis fourth standardised moment less 3, as {@code scipy.stats.kurtosis}
 */
public record Moments(double mean, double standardDeviation, double skewness, double kurtosis) {
  /** From the raw moments E[x], E[x^2], E[x^3], E[x^4]. */
  static Moments ofRaw(double m1, double m2, double m3, double m4) {
    double variance = Math.max(0, m2 - m1 * m1);
    double third = m3 - 3 * m1 * m2 + 2 * m1 * m1 * m1;
    double fourth = m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 * m1 * m1 * m1;
    double deviation = Math.sqrt(variance);
    return new Moments(
        m1, deviation, third / (variance * deviation), fourth / (variance * variance) - 3);
  }

  /** Mean over standard deviation: 1.913 for one-look speckle that nothing has clipped. */
  public double meanOverDeviation() {
    return mean / standardDeviation;
  }
}
