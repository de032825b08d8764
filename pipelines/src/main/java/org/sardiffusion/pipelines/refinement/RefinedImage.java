package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.conditioning.amplitude.AmplitudeScale;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.runtime.diffusion.StageSeconds;

/**
 * A refined image.
 *
 * @param amplitude as the radiometry asked for has it; NaN where the input has no data
 * @param resampled the input, resampled to the same pixels, in its own unit; likewise
 * @param scale between the input's unit and [0,1]
 * @param spacing of the pixels, metres, as it was reached
 * @param place where they lie
 * @param means how it was made
 */
public record RefinedImage(
    AmplitudeRaster amplitude,
    AmplitudeRaster resampled,
    AmplitudeScale scale,
    Spacing spacing,
    Georeference place,
    Means means) {

  /**
   * By which means an image was refined.
   *
   * @param controlled whether a ControlNet followed the input
   * @param strength that was taken
   * @param radiometry what the amplitudes mean
   * @param tiles in how many tiles the noise was predicted
   * @param seconds where the time went
   */
  public record Means(
      boolean controlled,
      double strength,
      Radiometry radiometry,
      int tiles,
      StageSeconds seconds) {}
}
