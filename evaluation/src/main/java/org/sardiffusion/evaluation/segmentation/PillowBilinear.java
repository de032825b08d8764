package org.sardiffusion.evaluation.segmentation;

import org.sardiffusion.evaluation.texture.GreyImage;

/**
 * Bilinear resampling of 8-bit images as Pillow does it, which segment_anything and transformers
 * resize with: triangles widened when the image shrinks, weights of 22 bits, columns first, each of
 * the two passes rounded to 8 bits ({@code src/libImaging/Resample.c}).
 */
final class PillowBilinear {
  private static final int PRECISION = 32 - 8 - 2;

  private PillowBilinear() {}

  /**
   * Resizes grey levels.
   *
   * @param image 256 levels
   * @return row by row, each 0 to 255
   */
  static GreyImage resize(GreyImage image, int width, int height) {
    Weights across = Weights.of(image.width(), width);
    Weights down = Weights.of(image.height(), height);
    short[] narrow = new short[width * image.height()];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        narrow[y * width + x] =
            across.apply(x, image.levels(), y * image.width() + across.first[x], 1);
      }
    }
    short[] result = new short[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        result[y * width + x] = down.apply(y, narrow, down.first[y] * width + x, width);
      }
    }
    return new GreyImage(width, height, result);
  }

  /** For each output pixel, the first input pixel that it reads and the weights from there on. */
  private record Weights(int[] first, int[][] values) {
    static Weights of(int from, int to) {
      double scale = (double) from / to;
      double reach = Math.max(scale, 1);
      int[] first = new int[to];
      int[][] values = new int[to][];
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int begin = Math.max(0, (int) (centre - reach + 0.5));
        int end = Math.min(from, (int) (centre + reach + 0.5));
        double[] weights = new double[end - begin];
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
          weights[k] = Math.max(0, 1 - Math.abs((k + begin - centre + 0.5) / reach));
          sum += weights[k];
        }
        first[i] = begin;
        values[i] = new int[weights.length];
        for (int k = 0; k < weights.length; k++) {
          values[i][k] = (int) (0.5 + weights[k] / sum * (1 << PRECISION));
        }
      }
      return new Weights(first, values);
    }

    short apply(int output, short[] levels, int from, int step) {
      int sum = 1 << (PRECISION - 1);
      int[] weights = values[output];
      for (int k = 0; k < weights.length; k++) {
        sum += weights[k] * levels[from + k * step];
      }
      return (short) Math.min(255, sum >> PRECISION);
    }
  }
}
