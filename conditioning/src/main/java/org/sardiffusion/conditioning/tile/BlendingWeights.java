package org.sardiffusion.conditioning.tile;

import java.util.Arrays;
import java.util.List;

/**
 * The weights of all tiles of a plan, normalised so that they sum to 1 in every cell.
 *
 * <p>Tiles stand on a grid and windows are products over the axes, so the sum is one too: two short
 * tables take the place of an accumulator as large as the image.
 */
public final class BlendingWeights {
  private final TilePlan plan;
  private final double[][] columns;
  private final double[][] rows;

  private BlendingWeights(TilePlan plan, BlendingWindow window) {
    this.plan = plan;
    columns = normalised(plan.columns(), window);
    rows = normalised(plan.rows(), window);
  }

  /** The weights of a plan. */
  public static BlendingWeights of(TilePlan plan, BlendingWindow window) {
    return new BlendingWeights(plan, window);
  }

  /**
   * The weights of one tile, [height, width], row by row, in (0,1].
   *
   * @param index of the tile in {@link TilePlan#tiles()}
   */
  public float[] of(int index) {
    Tile tile = plan.tiles().get(index);
    double[] x = columns[index % plan.columns().count()];
    double[] y = rows[index / plan.columns().count()];
    float[] weights = new float[tile.width() * tile.height()];
    for (int r = 0; r < tile.height(); r++) {
      for (int c = 0; c < tile.width(); c++) {
        weights[r * tile.width() + c] = (float) (x[c] * y[r]);
      }
    }
    return weights;
  }

  /** The weights of each column of tiles along its columns; a tile's are their products. */
  public List<double[]> ofColumns() {
    return copies(columns);
  }

  /** The weights of each row of tiles along its rows. */
  public List<double[]> ofRows() {
    return copies(rows);
  }

  private static List<double[]> copies(double[][] weights) {
    return Arrays.stream(weights).map(double[]::clone).toList();
  }

  private static double[][] normalised(AxisTiles axis, BlendingWindow window) {
    double[] sum = new double[axis.length()];
    double[][] weights = new double[axis.count()][axis.tile()];
    for (int t = 0; t < axis.count(); t++) {
      for (int k = 0; k < axis.tile(); k++) {
        weights[t][k] = window.weight(k, axis.tile());
        sum[axis.start(t) + k] += weights[t][k];
      }
    }
    for (int t = 0; t < axis.count(); t++) {
      for (int k = 0; k < axis.tile(); k++) {
        weights[t][k] /= sum[axis.start(t) + k];
      }
    }
    return weights;
  }
}
