package org.sardiffusion.evaluation.texture;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Finds square patches without structure, so that what varies inside them is texture.
 *
 * <p>The image is cut into blocks of a quarter of a patch's side, and patches start at every second
 * block. A patch is homogeneous if the mean amplitudes of its 16 blocks agree within the tolerance:
 * the speckle, however it is correlated within a block, averages out of them, while edges, shadows
 * and bright objects do not. Patches with excluded pixels, with over 1 % of saturated pixels, or
 * darker than two grey levels of an 8-bit image, which has no texture left there, are passed over.
 */
public final class HomogeneousPatches {
  private static final int BLOCKS = 4;
  private static final float SATURATED = 254.5f / 255;
  private static final double MOST_SATURATED = 0.01;
  private static final double DARKEST = 2.0 / 255;

  private final PatchSettings settings;

  public HomogeneousPatches(PatchSettings settings) {
    this.settings = settings;
  }

  /**
   * The homogeneous patches of an image.
   *
   * @param amplitude in [0,1], NaN where excluded
   * @return row by row; empty if the image is smaller than a patch
   */
  public List<Patch> in(AmplitudeRaster amplitude) {
    int block = settings.side() / BLOCKS;
    int columns = amplitude.width() / block;
    int rows = amplitude.height() / block;
    double[] means = new double[columns * rows];
    double[] saturated = new double[columns * rows];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        measure(amplitude, c, r, block, means, saturated, r * columns + c);
      }
    }
    List<Patch> patches = new ArrayList<>();
    for (int r = 0; r + BLOCKS <= rows; r += 2) {
      for (int c = 0; c + BLOCKS <= columns; c += 2) {
        if (homogeneous(means, saturated, r * columns + c, columns)) {
          patches.add(new Patch(c * block, r * block, settings.side()));
        }
      }
    }
    return patches;
  }

  /**
   * The patches that lie wholly inside a segment, which vouches for their homogeneity (the paper's
   * way, with masks of SAM).
   *
   * @param segment one value for each pixel
   */
  public List<Patch> in(AmplitudeRaster amplitude, boolean[] segment) {
    int side = settings.side();
    int step = side / 2;
    List<Patch> patches = new ArrayList<>();
    for (int y = 0; y + side <= amplitude.height(); y += step) {
      for (int x = 0; x + side <= amplitude.width(); x += step) {
        if (inside(amplitude, segment, x, y)) {
          patches.add(new Patch(x, y, side));
        }
      }
    }
    return patches;
  }

  private boolean inside(AmplitudeRaster amplitude, boolean[] segment, int x, int y) {
    for (int row = y; row < y + settings.side(); row++) {
      for (int i = row * amplitude.width() + x;
          i < row * amplitude.width() + x + settings.side();
          i++) {
        if (!segment[i] || Float.isNaN(amplitude.samples()[i])) {
          return false;
        }
      }
    }
    return true;
  }

  private static void measure(
      AmplitudeRaster amplitude,
      int column,
      int row,
      int block,
      double[] means,
      double[] saturated,
      int at) {
    double sum = 0;
    int over = 0;
    for (int y = row * block; y < (row + 1) * block; y++) {
      int start = y * amplitude.width() + column * block;
      for (int i = start; i < start + block; i++) {
        float a = amplitude.samples()[i];
        sum += a;
        over += a >= SATURATED ? 1 : 0;
      }
    }
    means[at] = sum / (block * block);
    saturated[at] = (double) over / (block * block);
  }

  private boolean homogeneous(double[] means, double[] saturated, int first, int columns) {
    double sum = 0;
    double squares = 0;
    double over = 0;
    for (int r = 0; r < BLOCKS; r++) {
      for (int c = 0; c < BLOCKS; c++) {
        double mean = means[first + r * columns + c];
        sum += mean;
        squares += mean * mean;
        over += saturated[first + r * columns + c];
      }
    }
    int n = BLOCKS * BLOCKS;
    double mean = sum / n;
    double variance = squares / n - mean * mean;
    double tolerated = settings.tolerance() * mean;
    // Written so that NaN, of an excluded pixel, fails.
    return mean >= DARKEST && over / n <= MOST_SATURATED && variance <= tolerated * tolerated;
  }
}
