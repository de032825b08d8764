package org.sardiffusion.evaluation.amplitude;

/**
 * How amplitudes are counted and compared.
 *
 * @param bins bins of equal width over [0,1], 2 to 65536
 * @param saturation amplitudes from here on count as saturated and are left out, in (0,1]
 * @param epsilon added to every bin's probability before they are renormalised and compared, at
 *     least 0; a divergence is infinite where a generated bin is empty and epsilon is 0
 */
public record AmplitudeSettings(int bins, double saturation, double epsilon) {
  /**
   * What rounds to the largest of 256 grey levels is saturated: an 8-bit image and the floats that
   * it was written from lose the same pixels.
   */
  public static final double EIGHT_BIT_SATURATION = 254.5 / 255;

  /**
   * @throws IllegalArgumentException if a value is outside its range
   */
  public AmplitudeSettings {
    if (bins < 2 || bins > 65536) {
      throw new IllegalArgumentException("A histogram has 2 to 65536 bins, not " + bins);
    }
    if (!(saturation > 0 && saturation <= 1)) {
      throw new IllegalArgumentException(
          "The saturation level lies above 0 and up to 1, not at " + saturation);
    }
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw new IllegalArgumentException("Epsilon lies in [0,1), not at " + epsilon);
    }
  }

  /** 64 bins, the largest of 256 grey levels saturated, epsilon 1e-10. */
  public static AmplitudeSettings defaults() {
    return new AmplitudeSettings(64, EIGHT_BIT_SATURATION, 1e-10);
  }
}
