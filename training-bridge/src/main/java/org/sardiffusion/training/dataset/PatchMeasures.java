package org.sardiffusion.training.dataset;

import java.util.Arrays;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * What decides whether a normalised patch is good enough.
 *
 * @param nodataShare share of the pixels that have no data, in [0,1]
 * @param commonLevelShare share of the pixels with data that have the most common one of 256 grey
 *     levels, in [0,1]; 1 without any data
 * @param saturatedShare share of the pixels with data that are clipped at 1, in [0,1]
 * @param sharpness half the mean squared difference of neighbouring pixels over the squared local
 *     mean: the median over blocks of 8 x 8, the lower one of both axes. Uncorrelated single-look
 *     speckle has {@code (4 - pi) / pi = 0.27}, correlation {@code r} of neighbours leaves {@code 1
 *     - r} of that, and blur along one axis is enough to bring it down
 */
public record PatchMeasures(
    double nodataShare, double commonLevelShare, double saturatedShare, double sharpness) {
  private static final int BLOCK = 8;

  /** The darkest mean, in grey levels of 255, at which the texture of a block survives rounding. */
  private static final double DARKEST = 4.0 / 255;

  /**
   * @param patch amplitudes in [0,1]; NaN marks a pixel without data
   */
  public static PatchMeasures of(AmplitudeRaster patch) {
    int[] levels = new int[256];
    int valid = 0;
    int saturated = 0;
    for (float a : patch.samples()) {
      if (a == a) {
        valid++;
        levels[Math.round(a * 255)]++;
        saturated += a >= 1 ? 1 : 0;
      }
    }
    int pixels = patch.samples().length;
    int mostCommon = Arrays.stream(levels).max().orElse(0);
    return new PatchMeasures(
        1 - (double) valid / pixels,
        valid == 0 ? 1 : (double) mostCommon / valid,
        valid == 0 ? 0 : (double) saturated / valid,
        Math.min(sharpness(patch, 1, 0), sharpness(patch, 0, 1)));
  }

  private static double sharpness(AmplitudeRaster patch, int stepX, int stepY) {
    double[] blocks = new double[(patch.width() / BLOCK) * (patch.height() / BLOCK)];
    int count = 0;
    for (int y = 0; y + BLOCK <= patch.height(); y += BLOCK) {
      for (int x = 0; x + BLOCK <= patch.width(); x += BLOCK) {
        double value = blockSharpness(patch, x, y, stepX, stepY);
        if (value == value) {
          blocks[count++] = value;
        }
      }
    }
    if (count == 0) {
      // All too dark to tell: that is not blur.
      return Double.POSITIVE_INFINITY;
    }
    Arrays.sort(blocks, 0, count);
    return blocks[count / 2];
  }

  /** NaN where the block is too dark or lacks data. */
  private static double blockSharpness(
      AmplitudeRaster patch, int left, int top, int stepX, int stepY) {
    double sum = 0;
    double squares = 0;
    for (int y = top; y < top + BLOCK; y++) {
      for (int x = left; x < left + BLOCK; x++) {
        sum += patch.at(x, y);
      }
    }
    for (int y = top; y < top + BLOCK - stepY; y++) {
      for (int x = left; x < left + BLOCK - stepX; x++) {
        double d = patch.at(x + stepX, y + stepY) - patch.at(x, y);
        squares += d * d;
      }
    }
    double mean = sum / (BLOCK * BLOCK);
    return mean >= DARKEST ? squares / (2 * BLOCK * (BLOCK - 1)) / (mean * mean) : Double.NaN;
  }
}
