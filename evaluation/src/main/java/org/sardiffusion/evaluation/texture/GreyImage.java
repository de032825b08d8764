package org.sardiffusion.evaluation.texture;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * An image in grey levels.
 *
 * @param width columns
 * @param height rows
 * @param levels row by row, each 0 to one less than the number of levels; 0 where there is no data
 */
public record GreyImage(int width, int height, short[] levels) {
  /** Quantises a whole image. */
  public static GreyImage of(AmplitudeRaster amplitude, GlcmSettings settings) {
    float[] samples = amplitude.samples();
    short[] map =
        switch (settings.quantiser()) {
          case EQUAL_WIDTH -> equalWidth(settings.levels());
          case EQUAL_PROBABILITY -> equalProbability(samples, settings.levels());
        };
    short[] levels = new short[samples.length];
    for (int i = 0; i < samples.length; i++) {
      levels[i] = map[grey(samples[i])];
    }
    return new GreyImage(amplitude.width(), amplitude.height(), levels);
  }

  private static int grey(float amplitude) {
    return amplitude == amplitude ? (int) (amplitude * 255 + 0.5f) : 0;
  }

  private static short[] equalWidth(int levels) {
    short[] map = new short[256];
    for (int g = 0; g < map.length; g++) {
      map[g] = (short) (g * levels / 256);
    }
    return map;
  }

  private static short[] equalProbability(float[] samples, int levels) {
    int[] counts = new int[256];
    long total = 0;
    for (float sample : samples) {
      if (sample == sample) {
        counts[grey(sample)]++;
        total++;
      }
    }
    short[] map = new short[256];
    long below = 0;
    for (int g = 0; g < map.length; g++) {
      // A grey level goes where the middle of its pixels lies.
      double middle = total == 0 ? 0 : (below + counts[g] / 2.0) / total;
      map[g] = (short) Math.min(levels - 1, (int) (middle * levels));
      below += counts[g];
    }
    return map;
  }
}
