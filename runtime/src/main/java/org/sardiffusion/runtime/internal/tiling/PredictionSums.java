package org.sardiffusion.runtime.internal.tiling;

import java.util.Arrays;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * The weighted sums of predictions in the rows that tiles are still added to: as high as what the
 * tiles of a band see, as wide as all latents that take part.
 *
 * <p>Sums are kept in double, so that rounding does not show where tiles overlap.
 */
public final class PredictionSums {
  private final TileLayout layout;
  private final int left;
  private final int width;
  private final double[][] sums;

  /**
   * @param planes channels of all images that are predicted together
   * @param seen what the tiles of a band see; other bands are as high and as wide
   */
  public PredictionSums(TileLayout layout, int planes, Window seen) {
    this.layout = layout;
    this.left = seen.x();
    this.width = seen.width();
    this.sums = new double[planes][Math.multiplyExact(seen.height(), seen.width())];
  }

  /**
   * Adds the prediction of a tile.
   *
   * @param row of tiles
   * @param column of tiles
   * @param top the row of latents that the sums begin with
   * @param share the prompt's part in the tile, [height, width]
   * @param prediction [planes, height, width]
   */
  public void add(int row, int column, int top, float[] share, float[] prediction) {
    double[] vertical = layout.rows().weights().get(row);
    double[] horizontal = layout.columns().weights().get(column);
    int first = (layout.rows().start(row) - top) * width + layout.columns().start(column) - left;
    int plane = vertical.length * horizontal.length;
    for (int y = 0; y < vertical.length; y++) {
      for (int x = 0; x < horizontal.length; x++) {
        int i = y * horizontal.length + x;
        double weight = (double) (float) (horizontal[x] * vertical[y]) * share[i];
        for (int p = 0; p < sums.length; p++) {
          sums[p][first + y * width + x] += weight * prediction[p * plane + i];
        }
      }
    }
  }

  /**
   * Takes the first rows out; those below move up.
   *
   * @param values receives them, [planes, rows, width]
   */
  public void take(int rows, float[] values) {
    int length = rows * width;
    for (int p = 0; p < sums.length; p++) {
      double[] sum = sums[p];
      for (int i = 0; i < length; i++) {
        values[p * length + i] = (float) sum[i];
      }
      System.arraycopy(sum, length, sum, 0, sum.length - length);
      Arrays.fill(sum, sum.length - length, sum.length, 0);
    }
  }

  /** Begins anew. */
  public void clear() {
    for (double[] sum : sums) {
      Arrays.fill(sum, 0);
    }
  }

  /** The sums of the first rows, [planes, rows, width]. */
  public double[] first(int rows) {
    int length = rows * width;
    double[] first = new double[sums.length * length];
    for (int p = 0; p < sums.length; p++) {
      System.arraycopy(sums[p], 0, first, p * length, length);
    }
    return first;
  }

  /** Takes back what {@link #first} gave. */
  public void restore(double[] first) {
    int length = first.length / sums.length;
    for (int p = 0; p < sums.length; p++) {
      System.arraycopy(first, p * length, sums[p], 0, length);
    }
  }
}
