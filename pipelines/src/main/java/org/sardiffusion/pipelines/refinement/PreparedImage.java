package org.sardiffusion.pipelines.refinement;

import java.util.OptionalDouble;
import org.sardiffusion.conditioning.speckle.SpeckleLooks;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;

/**
 * An image resampled for a model and found fit for it: all that can go wrong with an image does so
 * here, before the model is loaded.
 */
public final class PreparedImage {
  /** Of models that do not say which spacing they were trained at: the paper's. */
  private static final double USUAL_SPACING = 0.4;

  private final ResampledImage fine;
  private final LocalMeanCorrection following;

  private PreparedImage(ResampledImage fine, LocalMeanCorrection following) {
    this.fine = fine;
    this.following = following;
  }

  /**
   * Prepares an image.
   *
   * @param bundle the model, which is not loaded
   * @throws RefinementException if the image is too small or too large, has no data, or its spacing
   *     cannot be
   */
  public static PreparedImage of(RadarImage image, Bundle bundle) {
    double spacing = spacing(bundle);
    ResampledImage fine = ResampledImage.of(image, spacing);
    int width = fine.amplitude().width();
    int height = fine.amplitude().height();
    int multiple = bundle.sizeMultiple();
    if (width < multiple || height < multiple) {
      throw new RefinementException(
          "The image of "
              + image.pixels().width()
              + "x"
              + image.pixels().height()
              + " pixels is too small: at "
              + spacing
              + " m it has "
              + width
              + "x"
              + height
              + ", and the model "
              + bundle.name()
              + " needs "
              + multiple
              + " on each side. Take a larger part.");
    }
    return new PreparedImage(fine, following(image, fine));
  }

  private static LocalMeanCorrection following(RadarImage image, ResampledImage fine) {
    double cell =
        Math.sqrt(
            (image.spacing().columns() / fine.spacing().columns())
                * (image.spacing().rows() / fine.spacing().rows()));
    double looks =
        image.pixels() instanceof RadarImage.Amplitude amplitude
            ? SpeckleLooks.estimate(amplitude.raster())
            : 1;
    return new LocalMeanCorrection(fine.known(), cell, looks);
  }

  /** The spacing of the images that a model makes, metres. */
  static double spacing(Bundle bundle) {
    return bundle
        .sar()
        .map(SarConfig::pixelSpacing)
        .orElse(OptionalDouble.empty())
        .orElse(USUAL_SPACING);
  }

  ResampledImage fine() {
    return fine;
  }

  /** Makes an image made of this one keep its local mean. */
  LocalMeanCorrection following() {
    return following;
  }
}
