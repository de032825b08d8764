package org.sardiffusion.conditioning.speckle;

import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Mean and standard deviation of the amplitude around every pixel.
 *
 * @param mean local mean, same size as the image
 * @param standardDeviation local population standard deviation, same size as the image
 */
public record LocalMoments(AmplitudeRaster mean, AmplitudeRaster standardDeviation) {
  /**
   * Moments over a square window, the image mirrored in its border.
   *
   * @param window side of the window, pixels, at least 1; even windows reach one pixel farther to
   *     the left and up
   * @throws IllegalArgumentException if the window is not positive
   * @throws InvalidSampleException if a sample is not finite: it would spread over its row
   */
  public static LocalMoments of(AmplitudeRaster amplitude, int window) {
    if (window < 1) {
      throw new IllegalArgumentException("A window has at least 1 pixel, not " + window);
    }
    float[] samples = amplitude.samples();
    // Taking a typical value off first keeps the difference of squares from cancelling.
    double centre = FiniteMean.of(samples);
    double[] values = new double[samples.length];
    double[] squares = new double[samples.length];
    for (int i = 0; i < samples.length; i++) {
      values[i] = samples[i] - centre;
      squares[i] = values[i] * values[i];
    }
    double[] first = BoxMean.of(values, amplitude.width(), window, window);
    double[] second = BoxMean.of(squares, amplitude.width(), window, window);
    float[] mean = new float[samples.length];
    float[] deviation = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      mean[i] = (float) (first[i] + centre);
      deviation[i] = (float) Math.sqrt(Math.max(0, second[i] - first[i] * first[i]));
    }
    return new LocalMoments(
        new AmplitudeRaster(amplitude.width(), amplitude.height(), mean),
        new AmplitudeRaster(amplitude.width(), amplitude.height(), deviation));
  }
}
