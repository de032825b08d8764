package org.sardiffusion.geo.terrasarx;

/** What the amplitudes of a product are made to mean; all are square roots of power. */
public enum Radiometry {
  /** The product's own digital numbers. */
  DIGITAL_NUMBER,
  /** Radar brightness: {@code beta0 = ks DN^2}. */
  BETA_NOUGHT,
  /** Backscatter per area on the ground: {@code sigma0 = ks (DN^2 - N) sin(incidence)}. */
  SIGMA_NOUGHT
}
