package org.sardiffusion.geo.raster;

/**
 * What the amplitudes of a product are made to mean: the square root of a calibrated power.
 *
 * <p>Source: DLR, TX-GS-DD-3307, Level 1b Product Format Specification. {@code DN} is the modulus
 * of the product's digital numbers, {@code ks} the calibration factor of the polarisation, {@code
 * N} the power of the receiver's noise at the pixel's time and range.
 */
public enum Calibration {
  /** Radar brightness: {@code beta0 = ks DN^2}. */
  BETA_NOUGHT("sqrt(beta0)"),
  /**
   * Backscatter per area on the ground: {@code sigma0 = ks (DN^2 - N) sin(incidence)}, at least 0.
   */
  SIGMA_NOUGHT("sqrt(sigma0)");

  private final String amplitude;

  Calibration(String amplitude) {
    this.amplitude = amplitude;
  }

  /** The amplitude as files note it, such as {@code sqrt(sigma0)}. */
  public String amplitude() {
    return amplitude;
  }
}
