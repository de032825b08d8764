package org.sardiffusion.geo.raster;

import java.util.Random;

/**
 * Pixels to write into files in tests.
 *
 * @param width columns
 * @param height rows
 * @param valuesPerPixel 1, or 2 for complex
 * @param values row by row
 */
public record Picture(int width, int height, int valuesPerPixel, float[] values) {
  /** Whole numbers from 0 to {@code maximum}, of a fixed seed: every type holds them exactly. */
  public static Picture whole(int width, int height, int valuesPerPixel, int maximum) {
    Random random = new Random(7);
    float[] values = new float[width * height * valuesPerPixel];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(maximum + 1);
    }
    return new Picture(width, height, valuesPerPixel, values);
  }

  /** Normal deviates of a fixed seed. */
  public static Picture normal(int width, int height, int valuesPerPixel) {
    Random random = new Random(8);
    float[] values = new float[width * height * valuesPerPixel];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Picture(width, height, valuesPerPixel, values);
  }
}
