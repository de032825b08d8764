package org.sardiffusion.training.internal.dataset;

import java.util.Arrays;
import java.util.HexFormat;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * A fingerprint of 256 bits of what a patch shows: patches that look alike differ in few bits.
 *
 * <p>The patch is averaged to 32 x 32, taken to the power one half so that bright targets do not
 * drown the rest, and turned by the discrete cosine transform; each of the 16 x 16 lowest
 * frequencies, those that are constant along an axis left out, says whether it lies over their
 * median (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010:
 * {@code pHash}, with 8 x 8). Averaging takes most of the speckle away, and leaves enough of it in
 * the higher frequencies to tell two fields, or two stretches of water, from one another; the gain
 * that varies along one axis, as an antenna's does, has no part in it.
 *
 * @param words the bits, 64 in each of four words
 */
public record PerceptualHash(long[] words) {
  /** Number of bits. */
  public static final int BITS = 256;

  public static final int WORDS = BITS / Long.SIZE;

  private static final int SIDE = 32;
  private static final int KEPT = 16;

  /** {@code COSINE[k][n] = cos(pi k (2n + 1) / 64)}. */
  private static final double[][] COSINE = new double[KEPT + 1][SIDE];

  static {
    for (int k = 0; k <= KEPT; k++) {
      for (int n = 0; n < SIDE; n++) {
        COSINE[k][n] = Math.cos(Math.PI * k * (2 * n + 1) / (2 * SIDE));
      }
    }
  }

  /**
   * @param patch amplitudes in [0,1], at least 16 x 16; NaN counts as 0
   */
  public static PerceptualHash of(AmplitudeRaster patch) {
    double[] coefficients = lowFrequencies(reduce(patch));
    double[] sorted = coefficients.clone();
    Arrays.sort(sorted);
    double median = (sorted[BITS / 2 - 1] + sorted[BITS / 2]) / 2;
    long[] words = new long[WORDS];
    for (int i = 0; i < BITS; i++) {
      if (coefficients[i] > median) {
        words[i / Long.SIZE] |= 1L << (i % Long.SIZE);
      }
    }
    return new PerceptualHash(words);
  }

  /** The inverse of {@link #toString()}. */
  public static PerceptualHash parse(String hex) {
    long[] words = new long[WORDS];
    for (int w = 0; w < WORDS; w++) {
      words[w] = HexFormat.fromHexDigitsToLong(hex, 16 * w, 16 * (w + 1));
    }
    return new PerceptualHash(words);
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (long word : words) {
      text.append(HexFormat.of().toHexDigits(word));
    }
    return text.toString();
  }

  private static double[] lowFrequencies(double[][] small) {
    double[][] rows = new double[KEPT][SIDE];
    for (int v = 1; v <= KEPT; v++) {
      for (int x = 0; x < SIDE; x++) {
        for (int y = 0; y < SIDE; y++) {
          rows[v - 1][x] += small[y][x] * COSINE[v][y];
        }
      }
    }
    double[] coefficients = new double[BITS];
    for (int v = 0; v < KEPT; v++) {
      for (int u = 0; u < KEPT; u++) {
        for (int x = 0; x < SIDE; x++) {
          coefficients[v * KEPT + u] += rows[v][x] * COSINE[u + 1][x];
        }
      }
    }
    return coefficients;
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
