package org.sardiffusion.conditioning.spectrum;

/**
 * What an image that was resampled by its amplitude has to say of itself.
 *
 * <p>Detection doubles the bandwidth, so that the spectrum of an amplitude is cut or aliased
 * already: the resampled speckle is too smooth (540 to 1822 samples: ENL 1.085 instead of 1 when 80
 * % of the band is occupied, 1.12 when all of it is). Resample the complex image whenever there is
 * one, and tell the user when there was none.
 *
 * @param plan the sampling, from which the spacing reached follows
 * @param clampedPixels pixels that came out negative and were set to 0
 */
public record AmplitudeResampling(RasterPlan plan, long clampedPixels) {
  /** Share of the pixels that came out negative, in [0,1]. */
  public double clampedShare() {
    return (double) clampedPixels / ((long) plan.width() * plan.height());
  }
}
