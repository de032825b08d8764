package org.sardiffusion.evaluation.semantics;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Bicubic resampling as Pillow does it: the kernel of Keys with a = -0.5, widened when the image
 * shrinks, its weights renormalised at the borders; columns first, then rows ({@code
 * src/libImaging/Resample.c}).
 */
final class PillowBicubic {
  private static final double A = -0.5;
  private static final double SUPPORT = 2;

  private PillowBicubic() {}

  /**
   * Resizes an image; pixels without data (NaN) count as 0.
   *
   * @param side columns and rows of the result
   * @return row by row, clipped to [0,1]
   */
  static float[] resize(AmplitudeRaster image, int side) {
    Weights across = Weights.of(image.width(), side);
    Weights down = Weights.of(image.height(), side);
    float[] samples = image.samples();
    float[] narrow = new float[side * image.height()];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < side; x++) {
        double sum = 0;
        double[] weights = across.values[x];
        int from = y * image.width() + across.first[x];
        for (int k = 0; k < weights.length; k++) {
          float sample = samples[from + k];
          sum += sample == sample ? weights[k] * sample : 0;
        }
        narrow[y * side + x] = (float) sum;
      }
    }
    float[] result = new float[side * side];
    for (int y = 0; y < side; y++) {
      double[] weights = down.values[y];
      for (int x = 0; x < side; x++) {
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
          sum += weights[k] * narrow[(down.first[y] + k) * side + x];
        }
        result[y * side + x] = (float) Math.min(1, Math.max(0, sum));
      }
    }
    return result;
  }

  /** For each output pixel, the first input pixel that it reads and the weights from there on. */
  private record Weights(int[] first, double[][] values) {
    static Weights of(int from, int to) {
      double scale = (double) from / to;
      double widening = Math.max(scale, 1);
      double reach = SUPPORT * widening;
      int[] first = new int[to];
      double[][] values = new double[to][];
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int begin = Math.max(0, (int) (centre - reach + 0.5));
        int end = Math.min(from, (int) (centre + reach + 0.5));
        double[] weights = new double[end - begin];
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
          weights[k] = kernel((k + begin - centre + 0.5) / widening);
          sum += weights[k];
        }
        for (int k = 0; k < weights.length; k++) {
          weights[k] /= sum;
        }
        first[i] = begin;
        values[i] = weights;
      }
      return new Weights(first, values);
    }
  }

  private static double kernel(double x) {
    double t = Math.abs(x);
    if (t < 1) {
      return ((A + 2) * t - (A + 3)) * t * t + 1;
    }
    return t < 2 ? (((t - 5) * t + 8) * t - 4) * A : 0;
  }
}
