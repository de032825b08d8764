package org.sardiffusion.training.dataset;

import java.util.Arrays;
import org.sardiffusion.conditioning.AmplitudeRaster;

/**
 * A 64-bit fingerprint of what a patch shows: patches that look alike differ in few bits.
 *
 * <p>The patch is averaged to 32 x 32, taken to the power one half so that bright targets do not
 * drown the rest, and turned by the discrete cosine transform; each of the 8 x 8 lowest frequencies
 * but the mean says whether it lies over their median (Zauner, "Implementation and benchmarking of
 * perceptual image hash functions", 2010: {@code pHash}). Averaging takes most of the speckle away.
 */
final class PerceptualHash {
  private static final int SIDE = 32;
  private static final int KEPT = 8;

  /** {@code COSINE[k][n] = cos(pi k (2n + 1) / 64)}; frequency 0 is left out. */
  private static final double[][] COSINE = new double[KEPT + 1][SIDE];

  static {
    for (int k = 0; k <= KEPT; k++) {
      for (int n = 0; n < SIDE; n++) {
        COSINE[k][n] = Math.cos(Math.PI * k * (2 * n + 1) / (2 * SIDE));
      }
    }
  }

  private PerceptualHash() {}

  /**
   * @param patch amplitudes in [0,1], at least 16 x 16; NaN counts as 0
   */
  static long of(AmplitudeRaster patch) {
    double[][] small = reduce(patch);
    double[] coefficients = new double[KEPT * KEPT];
    for (int v = 1; v <= KEPT; v++) {
      for (int u = 1; u <= KEPT; u++) {
        double sum = 0;
        for (int y = 0; y < SIDE; y++) {
          for (int x = 0; x < SIDE; x++) {
            sum += small[y][x] * COSINE[v][y] * COSINE[u][x];
          }
        }
        coefficients[(v - 1) * KEPT + u - 1] = sum;
      }
    }
    double[] sorted = coefficients.clone();
    Arrays.sort(sorted);
    double median = (sorted[31] + sorted[32]) / 2;
    long hash = 0;
    for (int i = 0; i < coefficients.length; i++) {
      if (coefficients[i] > median) {
        hash |= 1L << i;
      }
    }
    return hash;
  }

  private static double[][] reduce(AmplitudeRaster patch) {
    double[][] small = new double[SIDE][SIDE];
    for (int j = 0; j < SIDE; j++) {
      int top = j * patch.height() / SIDE;
      int bottom = Math.max(top + 1, (j + 1) * patch.height() / SIDE);
      for (int i = 0; i < SIDE; i++) {
        int left = i * patch.width() / SIDE;
        int right = Math.max(left + 1, (i + 1) * patch.width() / SIDE);
        double sum = 0;
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            float a = patch.at(x, y);
            sum += a == a ? a : 0;
          }
        }
        small[j][i] = Math.sqrt(sum / ((bottom - top) * (right - left)));
      }
    }
    return small;
  }
}
