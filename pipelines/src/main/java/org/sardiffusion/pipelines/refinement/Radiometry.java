package org.sardiffusion.pipelines.refinement;

/** What the amplitudes of a refined image mean. */
public enum Radiometry {
  /**
   * Amplitude in [0,1], where 1 is the input's mean plus three deviations. The local mean over ten
   * resolution cells of the input follows the input.
   */
  NORMALISED,
  /** The input's physical amplitude; the local mean follows the input likewise. */
  PRESERVE,
  /** Amplitude in [0,1] as the model makes it: nothing holds its local mean to the input's. */
  MODEL
}
