package org.sardiffusion.conditioning.speckle;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * The mean of the amplitude around every pixel, of large images too: it takes the memory of the
 * result, and of as much again where the image has nodata.
 */
public final class LocalMean {
  private LocalMean() {}

  /**
   * The mean over a square window, the image mirrored in its border; that of {@link LocalMoments},
   * over the pixels that have data.
   *
   * @param image NaN where it has no data
   * @param window side of the window, pixels, at least 1; even windows reach one pixel farther to
   *     the left and up
   * @return of the same size; NaN where a window has no data
   * @throws IllegalArgumentException if the window is not positive
   */
  public static AmplitudeRaster of(AmplitudeRaster image, int window) {
    if (window < 1) {
      throw new IllegalArgumentException("A window has at least 1 pixel, not " + window);
    }
    float[] samples = image.samples();
    double sum = 0;
    int valid = 0;
    for (float sample : samples) {
      if (!Float.isNaN(sample)) {
        sum += sample;
        valid++;
      }
    }
    // Taking a typical value off first keeps the digits of small differences.
    double centre = valid == 0 ? 0 : sum / valid;
    float[] mean = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      mean[i] = Float.isNaN(samples[i]) ? 0 : (float) (samples[i] - centre);
    }
    BoxMean.inPlace(mean, image.width(), window);
    if (valid < samples.length) {
      divideByShare(mean, image, window);
    }
    for (int i = 0; i < samples.length; i++) {
      mean[i] += (float) centre;
    }
    return new AmplitudeRaster(image.width(), image.height(), mean);
  }

  /** The mean of what is 0 in nodata becomes that of the pixels with data. */
  private static void divideByShare(float[] mean, AmplitudeRaster image, int window) {
    float[] share = new float[mean.length];
    for (int i = 0; i < share.length; i++) {
      share[i] = Float.isNaN(image.samples()[i]) ? 0 : 1;
    }
    BoxMean.inPlace(share, image.width(), window);
    double half = 0.5 / ((double) window * window);
    for (int i = 0; i < share.length; i++) {
      mean[i] = share[i] < half ? Float.NaN : mean[i] / share[i];
    }
  }
}
