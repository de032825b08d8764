package org.sardiffusion.conditioning.control;

import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Edges by the ratio of averages (Touzi, Lopes and Bousquet, "A statistical and geometrical edge
 * detector for SAR images", IEEE TGRS 26(6), 1988).
 *
 * <p>Speckle is multiplicative: a difference of neighbours grows with brightness, a ratio of means
 * does not, and has a constant rate of false alarms. Around every pixel a window is halved in four
 * directions; with m1 and m2 the means of the halves, the edge strength is the largest {@code 1 -
 * min(m1/m2, m2/m1)}: 0 where both sides are alike, 1 where one is black. The image is mirrored in
 * its border. On single-look speckle larger windows are calmer: with 7, a flat area reads about
 * 0.17.
 *
 * @param window side of the window, pixels, odd, at least 3
 */
public record RatioEdgeDetector(int window) {
  /**
   * @throws IllegalArgumentException if the window is even or too small
   */
  public RatioEdgeDetector {
    if (window < 3 || window % 2 == 0) {
      throw new IllegalArgumentException(
          "The window of an edge detector is odd and at least 3, not " + window);
    }
  }

  /**
   * The edge map of an image.
   *
   * @return [H,W] in [0,1]
   * @throws InvalidSampleException if a sample is not finite or negative
   */
  public ControlImage apply(AmplitudeRaster amplitude) {
    int width = amplitude.width();
    int height = amplitude.height();
    for (float a : amplitude.samples()) {
      if (!(a >= 0 && a <= Float.MAX_VALUE)) {
        throw new InvalidSampleException(
            "Cannot find edges: the image holds an amplitude of "
                + a
                + ". Replace pixels without data by zeros first.");
      }
    }
    float[] edges = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        edges[y * width + x] = strength(amplitude, x, y);
      }
    }
    return new ControlImage(1, height, width, edges);
  }

  private float strength(AmplitudeRaster a, int x, int y) {
    int reach = window / 2;
    double[] low = new double[4];
    double[] high = new double[4];
    for (int dy = -reach; dy <= reach; dy++) {
      int row = mirrored(y + dy, a.height());
      for (int dx = -reach; dx <= reach; dx++) {
        double value = a.at(mirrored(x + dx, a.width()), row);
        add(low, high, 0, dx, value);
        add(low, high, 1, dy, value);
        add(low, high, 2, dx + dy, value);
        add(low, high, 3, dx - dy, value);
      }
    }
    // Both halves have the same number of pixels: sums do for means.
    double strength = 0;
    for (int d = 0; d < 4; d++) {
      double larger = Math.max(low[d], high[d]);
      if (larger > 0) {
        strength = Math.max(strength, 1 - Math.min(low[d], high[d]) / larger);
      }
    }
    return (float) strength;
  }

  private static void add(double[] low, double[] high, int direction, int side, double value) {
    if (side < 0) {
      low[direction] += value;
    } else if (side > 0) {
      high[direction] += value;
    }
  }

  private static int mirrored(int index, int n) {
    int i = Math.floorMod(index, 2 * n);
    return i < n ? i : 2 * n - 1 - i;
  }
}
