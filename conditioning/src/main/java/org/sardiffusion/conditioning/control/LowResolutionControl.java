package org.sardiffusion.conditioning.control;

import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.conditioning.amplitude.AmplitudeScale;
import org.sardiffusion.conditioning.spectrum.SpectralCentroid;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * A radar image of lower resolution, resampled to the pixels of the image to be made and
 * normalised.
 *
 * @param image [H,W] in [0,1]
 * @param scale brings the output back to the input's amplitude
 */
public record LowResolutionControl(ControlImage image, AmplitudeScale scale) {
  /**
   * Of a complex image: resampled, then detected.
   *
   * @param target pixels of the image to be made
   */
  public static LowResolutionControl of(
      ComplexImage image,
      SpectralResampler resampler,
      Target target,
      AmplitudeNormalisation normalisation) {
    SpectralCentroid centroid = SpectralCentroid.estimate(image);
    return of(resampler.resample(image, centroid, target).image().detect(), normalisation);
  }

  /**
   * Of an amplitude image, by the way that serves where there is no complex one.
   *
   * @param target pixels of the image to be made
   */
  public static LowResolutionControl of(
      AmplitudeRaster raster,
      SpectralResampler resampler,
      Target target,
      AmplitudeNormalisation normalisation) {
    return of(resampler.resample(raster, target).raster(), normalisation);
  }

  private static LowResolutionControl of(
      AmplitudeRaster fine, AmplitudeNormalisation normalisation) {
    AmplitudeScale scale = normalisation.scaleFor(fine);
    return new LowResolutionControl(
        new ControlImage(1, fine.height(), fine.width(), scale.normalise(fine).samples()), scale);
  }
}
