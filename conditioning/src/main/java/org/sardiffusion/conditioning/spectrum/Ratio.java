package org.sardiffusion.conditioning.spectrum;

import org.apache.commons.math3.fraction.Fraction;
import org.apache.commons.math3.util.ArithmeticUtils;

/**
 * How many output samples stand for how many input samples, in lowest terms.
 *
 * @param numerator output samples, at least 1
 * @param denominator input samples, at least 1
 */
public record Ratio(int numerator, int denominator) {
  private static final int LARGEST_DENOMINATOR = 256;

  /**
   * @throws IllegalArgumentException if a part is not positive
   */
  public Ratio {
    if (numerator < 1 || denominator < 1) {
      throw new IllegalArgumentException(
          "A resampling ratio has positive parts, not " + numerator + "/" + denominator);
    }
    int divisor = ArithmeticUtils.gcd(numerator, denominator);
    numerator /= divisor;
    denominator /= divisor;
  }

  /**
   * The ratio that brings one pixel spacing to another: 1.35 m to 0.40 m is 27/8.
   *
   * <p>The best approximation with a denominator up to 256 is taken; {@link
   * AxisPlan#reachedSpacing} says what it comes to.
   *
   * @param from spacing of the input, metres, positive
   * @param to spacing wanted, metres, positive
   * @throws IllegalArgumentException if a spacing is not a positive number, or they are more than a
   *     factor of 256 apart
   */
  public static Ratio ofSpacings(double from, double to) {
    double ratio = from / to;
    if (!(from > 0 && to > 0 && ratio >= 1.0 / 256 && ratio <= 256)) {
      throw new IllegalArgumentException(
          "Cannot resample from a spacing of "
              + from
              + " m to "
              + to
              + " m: both must be positive and at most a factor of 256 apart");
    }
    // Commons Math's expansion stops one short of whole-number ratios when rounding is in the way.
    double whole = Math.rint(ratio);
    if (whole >= 1 && Math.abs(ratio - whole) < 1e-9) {
      return new Ratio((int) whole, 1);
    }
    Fraction fraction = new Fraction(ratio, LARGEST_DENOMINATOR);
    return new Ratio(fraction.getNumerator(), fraction.getDenominator());
  }

  /** The ratio as a number: over 1 for finer sampling. */
  public double value() {
    return (double) numerator / denominator;
  }
}
