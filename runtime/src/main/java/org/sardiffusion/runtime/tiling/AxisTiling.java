package org.sardiffusion.runtime.tiling;

import java.util.Arrays;
import java.util.List;
import org.sardiffusion.core.raster.RasterException;

/**
 * Overlapping tiles of one length along one axis of latents.
 *
 * @param length of the axis, latent pixels
 * @param tile length of every tile, at most {@code length}
 * @param starts where each tile begins, ascending: the first at 0, the last ends at the end, and
 *     there are no gaps
 * @param weights of each tile along it, [tile]; those of all tiles sum to 1 in every latent pixel.
 *     Not copied
 */
public record AxisTiling(int length, int tile, List<Integer> starts, List<double[]> weights) {
  /** What rounding leaves of a sum of weights. */
  private static final double ROUNDING = 1e-6;

  /**
   * @throws RasterException if the tiles do not cover the axis, or their weights do not sum to 1
   */
  public AxisTiling {
    starts = List.copyOf(starts);
    weights = List.copyOf(weights);
    if (tile < 1 || tile > length || starts.isEmpty() || starts.size() != weights.size()) {
      throw new RasterException(
          starts.size()
              + " tiles of "
              + tile
              + " with "
              + weights.size()
              + " weights can't cover "
              + length
              + " latent pixels.");
    }
    double[] sum = new double[length];
    for (int t = 0; t < starts.size(); t++) {
      int start = starts.get(t);
      if (start < 0
          || start + tile > length
          || t > 0 && start <= starts.get(t - 1)
          || weights.get(t).length != tile) {
        throw new RasterException("Tile " + t + " at " + start + " is out of order or place.");
      }
      for (int k = 0; k < tile; k++) {
        sum[start + k] += weights.get(t)[k];
      }
    }
    for (double s : sum) {
      if (!(Math.abs(s - 1) <= ROUNDING)) {
        throw new RasterException("The weights of tiles sum to " + s + " where they must to 1.");
      }
    }
  }

  /** One tile over all of an axis. */
  public static AxisTiling ofOneTile(int length) {
    double[] ones = new double[length];
    Arrays.fill(ones, 1);
    return new AxisTiling(length, length, List.of(0), List.of(ones));
  }

  /** How many tiles. */
  public int count() {
    return starts.size();
  }

  /** Where a tile begins. */
  public int start(int index) {
    return starts.get(index);
  }

  int end(int index) {
    return starts.get(index) + tile;
  }

  /** Where the next tile begins, or the axis ends: what lies before has all its tiles. */
  int next(int index) {
    return index + 1 < starts.size() ? starts.get(index + 1) : length;
  }

  /** The first tile that reaches beyond a position. */
  int firstBeyond(int position) {
    int index = 0;
    while (end(index) <= position) {
      index++;
    }
    return index;
  }

  /** The last tile that begins before a position. */
  int lastBefore(int position) {
    int index = starts.size() - 1;
    while (start(index) >= position) {
      index--;
    }
    return index;
  }
}
