package org.sardiffusion.pipelines.refinement;

/** What the amplitudes of a refined image mean. */
public enum Radiometry {
  /** Amplitude in [0,1], as the model makes it: 1 is the input's mean plus three deviations. */
  NORMALISED,
  /**
   * The input's physical amplitude: the local mean over a window of {@value
   * LocalMeanTransfer#WINDOW} pixels follows that of the resampled input.
   */
  PRESERVE
}
