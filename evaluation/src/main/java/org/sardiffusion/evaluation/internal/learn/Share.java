package org.sardiffusion.evaluation.internal.learn;

/**
 * A share of independent trials with its 95 % confidence interval (E. B. Wilson, 1927), which stays
 * within [0,1] and does not shrink to nothing where all trials agree.
 *
 * @param value in [0,1]; NaN without trials
 * @param low end of the interval
 * @param high end of the interval
 */
public record Share(double value, double low, double high) {
  /** Of the standard normal distribution, 97.5 %. */
  private static final double Z = 1.959963984540054;

  /**
   * The interval of Wilson's score.
   *
   * @param value in [0,1]; a mean of trials that can be partly right is allowed, for which the
   *     interval is on the safe side
   * @param trials how many there were
   */
  public static Share of(double value, int trials) {
    if (trials == 0) {
      return new Share(Double.NaN, Double.NaN, Double.NaN);
    }
    double square = Z * Z / trials;
    double centre = (value + square / 2) / (1 + square);
    double half =
        Z / (1 + square) * Math.sqrt(value * (1 - value) / trials + square / (4.0 * trials));
    return new Share(value, Math.max(0, centre - half), Math.min(1, centre + half));
  }
}
