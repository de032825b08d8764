package org.sardiffusion.runtime.tiling;

import java.util.ArrayList;
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

  /** Of the Gaussian weights, in units of the squared length of a tile. */
  private static final double VARIANCE = 0.01;

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

  /**
   * Tiles spread evenly: the first begins at 0, the last ends at the end. Their weights are the
   * Gaussians of Mixture of Diffusers, divided by the sum of those that meet.
   *
   * @param length of the axis, at least 1
   * @param tile length of a tile, at least 1; a shorter axis has one tile, of its own length
   * @param overlap by how much neighbours overlap at least, less than {@code tile}
   * @throws RasterException if a value is outside its range
   */
  public static AxisTiling even(int length, int tile, int overlap) {
    if (length < 1 || tile < 1 || overlap < 0 || overlap >= tile) {
      throw new RasterException(
          "Cannot cover "
              + length
              + " pixels with tiles of "
              + tile
              + " that overlap by "
              + overlap
              + ": lengths are positive, and the overlap smaller than a tile.");
    }
    int own = Math.min(length, tile);
    int step = tile - overlap;
    int count = length <= tile ? 1 : (length - overlap + step - 1) / step;
    List<Integer> starts = new ArrayList<>();
    double[] sum = new double[length];
    for (int t = 0; t < count; t++) {
      int start = count == 1 ? 0 : (int) ((long) t * (length - own) / (count - 1));
      starts.add(start);
      for (int k = 0; k < own; k++) {
        sum[start + k] += gaussian(k, own);
      }
    }
    List<double[]> weights = new ArrayList<>();
    for (int start : starts) {
      double[] weight = new double[own];
      Arrays.setAll(weight, k -> gaussian(k, own) / sum[start + k]);
      weights.add(weight);
    }
    return new AxisTiling(length, own, starts, weights);
  }

  /**
   * The Gaussian of Mixture of Diffusers (Jimenez, arXiv 2302.02412; diffusers {@code
   * examples/community/mixture_tiling.py}): {@code exp(-(k - (n-1)/2)^2 / (2 v n^2)) / sqrt(2 pi
   * v)} with a variance v of 0.01. The vertical midpoint is (n-1)/2 here too, where upstream has
   * n/2, so that a tile weighs the same from above and from below.
   */
  static double gaussian(int index, int length) {
    double d = (index - (length - 1) / 2.0) / length;
    return Math.exp(-d * d / (2 * VARIANCE)) / Math.sqrt(2 * Math.PI * VARIANCE);
  }

  /** How many tiles. */
  public int count() {
    return starts.size();
  }

  /** Where a tile begins. */
  public int start(int index) {
    return starts.get(index);
  }

  /** Where a tile ends: the first position after it. */
  public int end(int index) {
    return starts.get(index) + tile;
  }

  /** Where the next tile begins, or the axis ends: what lies before has all its tiles. */
  public int next(int index) {
    return index + 1 < starts.size() ? starts.get(index + 1) : length;
  }

  /** The first tile that reaches beyond a position. */
  public int firstBeyond(int position) {
    int index = 0;
    while (end(index) <= position) {
      index++;
    }
    return index;
  }

  /** The last tile that begins before a position. */
  public int lastBefore(int position) {
    int index = starts.size() - 1;
    while (start(index) >= position) {
      index--;
    }
    return index;
  }
}
