package org.sardiffusion.conditioning.spectrum;

/** What becomes of the spectral centroid of a complex image that is resampled. */
public enum Carrier {
  /** The spectrum stays at its physical frequency: phases are those of the input. */
  KEEP,
  /** The spectrum is moved to zero frequency ("refocused") on both axes. */
  CENTRE
}
