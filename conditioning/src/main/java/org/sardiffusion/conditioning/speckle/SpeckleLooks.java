package org.sardiffusion.conditioning.speckle;

import java.util.Arrays;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * How many looks the speckle of an image has, texture or not.
 *
 * <p>The upper quartile of the equivalent numbers of looks of {@value #WINDOW} x {@value #WINDOW}
 * windows: texture and edges only lower the number of a window, so that its upper end is that of
 * homogeneous areas.
 */
public final class SpeckleLooks {
  static final int WINDOW = 9;

  private static final double QUANTILE = 0.75;

  private SpeckleLooks() {}

  /**
   * Estimates the number of looks. Windows with a pixel without data, or black, do not count.
   *
   * @return above 0; infinite for an image without speckle; 1, the most careful guess, where no
   *     window counts
   */
  public static double estimate(AmplitudeRaster amplitude) {
    int columns = amplitude.width() / WINDOW;
    int rows = amplitude.height() / WINDOW;
    double[] looks = new double[columns * rows];
    int count = 0;
    float[] intensities = new float[WINDOW * WINDOW];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        if (fill(intensities, amplitude, x * WINDOW, y * WINDOW)) {
          looks[count++] = EquivalentNumberOfLooks.ofIntensity(intensities);
        }
      }
    }
    if (count == 0) {
      return 1;
    }
    Arrays.sort(looks, 0, count);
    return looks[(int) (QUANTILE * (count - 1))];
  }

  /** Whether a window has data in every pixel and is not black. */
  private static boolean fill(float[] intensities, AmplitudeRaster amplitude, int left, int top) {
    double sum = 0;
    for (int i = 0; i < intensities.length; i++) {
      float a = amplitude.samples()[(top + i / WINDOW) * amplitude.width() + left + i % WINDOW];
      intensities[i] = a * a;
      sum += intensities[i];
    }
    return sum > 0 && Double.isFinite(sum);
  }
}
