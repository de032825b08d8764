package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.conditioning.AmplitudeRaster;
import org.sardiffusion.conditioning.speckle.LocalMoments;

/**
 * Gives an image the local mean of another one of the same size: each pixel is multiplied by the
 * ratio of the two means over a window around it.
 */
final class LocalMeanTransfer {
  /**
   * Side of the window, pixels: 6.8 m at 0.40 m, five pixels of 1.35 m. On three real images
   * degraded to 1.35 m, at a strength of 0.6, 33 pixels gave less correlation of local means with
   * the truth (0.901 instead of 0.910, over 9 pixels), and 9 pixels too rough a speckle (ENL 0.76
   * of real instead of 0.90).
   */
  static final int WINDOW = 17;

  /** The gain varies within a window, so that one pass leaves a trace at edges. */
  private static final int PASSES = 3;

  /** Where an image is black there is no gain that would make it brighter. */
  private static final double LARGEST_GAIN = 20;

  private LocalMeanTransfer() {}

  /**
   * @param image its speckle and structure stay
   * @param reference its local mean is taken over
   */
  static AmplitudeRaster apply(AmplitudeRaster image, AmplitudeRaster reference) {
    float[] wanted = LocalMoments.of(reference, WINDOW).mean().samples();
    float[] samples = image.samples().clone();
    for (int pass = 0; pass < PASSES; pass++) {
      float[] found =
          LocalMoments.of(new AmplitudeRaster(image.width(), image.height(), samples), WINDOW)
              .mean()
              .samples();
      for (int i = 0; i < samples.length; i++) {
        // A running sum may leave a trace below zero in black areas.
        double gain = found[i] > 0 ? Math.max(0, wanted[i]) / found[i] : 1;
        samples[i] = (float) (samples[i] * Math.min(LARGEST_GAIN, gain));
      }
    }
    return new AmplitudeRaster(image.width(), image.height(), samples);
  }
}
