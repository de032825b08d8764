package org.sardiffusion.conditioning.fourier;

import java.util.Arrays;

/**
 * The transform of a small odd length r, by its definition.
 *
 * <p>Samples k and r - k go together: with their sum s and difference d, {@code X[j] = x[0] + sum
 * (cos(2 pi j k / r) s[k] - i sin(2 pi j k / r) d[k])} for k = 1 .. (r-1)/2, and {@code X[r-j]} is
 * the same with the other sign of the sines: half of the multiplications.
 */
final class OddRadix {
  private OddRadix() {}

  /** Vectors to work with. */
  static int vectors(int radix) {
    return radix - 1;
  }

  /**
   * Transforms {@code x[at], x[at + step], ...} in place.
   *
   * @param circle {@code exp(-2 pi i k / n)} for k = 0 .. n-1, interleaved, n a multiple of r; the
   *     vectors to work with begin at n
   */
  static void transform(float[][] x, int at, int step, int radix, float[] circle) {
    int half = radix / 2;
    int free = circle.length / 2;
    int turn = free / radix;
    float[] first = x[at];
    for (int k = 1; k <= half; k++) {
      Lanes.butterfly2(x[at + k * step], x[at + (radix - k) * step]);
    }
    for (int j = 1; j <= half; j++) {
      float[] cosines = x[free + j - 1];
      float[] sines = x[free + half + j - 1];
      System.arraycopy(first, 0, cosines, 0, Lanes.FLOATS);
      Arrays.fill(sines, 0);
      for (int k = 1; k <= half; k++) {
        int point = 2 * turn * (j * k % radix);
        Lanes.addScaled(x[at + k * step], circle[point], cosines);
        Lanes.addScaled(x[at + (radix - k) * step], -circle[point + 1], sines);
      }
    }
    for (int k = 1; k <= half; k++) {
      Lanes.addScaled(x[at + k * step], 1, first);
    }
    for (int j = 1; j <= half; j++) {
      Lanes.butterfly2Turned(x[free + j - 1], x[free + half + j - 1]);
      swap(x, at + j * step, free + j - 1);
      swap(x, at + (radix - j) * step, free + half + j - 1);
    }
  }

  private static void swap(float[][] x, int i, int j) {
    float[] kept = x[i];
    x[i] = x[j];
    x[j] = kept;
  }
}
