package org.sardiffusion.runtime.diffusion;

import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.ConjugateGradient;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;

/**
 * Brings the tiles of one image to a common brightness.
 *
 * <p>A decoder's group normalisation and its attention see all of what they decode, so a tile of a
 * dark field next to a bright forest comes out too bright, and the forest too dark. Neighbours
 * decode the pixels of their overlap twice. The offsets found here make those agree on average, in
 * the sense of least squares over all overlaps; the offsets themselves have a mean of zero.
 */
final class TileOffsets {
  private static final int MOST_ITERATIONS = 10_000;

  /** Of the largest differences: far below what an image shows. */
  private static final double PRECISION = 1e-6;

  private final int rows;
  private final int columns;

  /** Mean of a tile minus that of its right or lower neighbour, over what both have decoded. */
  private final double[] right;

  private final double[] below;

  TileOffsets(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.right = new double[rows * columns];
    this.below = new double[rows * columns];
  }

  /** A tile's neighbour on one side. */
  enum Side {
    LEFT(0, -1),
    RIGHT(0, 1),
    ABOVE(-1, 0),
    BELOW(1, 0);

    final int rows;
    final int columns;

    Side(int rows, int columns) {
      this.rows = rows;
      this.columns = columns;
    }
  }

  boolean hasNeighbour(int row, int column, Side side) {
    int r = row + side.rows;
    int c = column + side.columns;
    return r >= 0 && r < rows && c >= 0 && c < columns;
  }

  /** Notes the mean that a tile gives to what it shares with a neighbour. */
  void shared(int row, int column, Side side, double mean) {
    int tile = row * columns + column;
    switch (side) {
      case RIGHT -> right[tile] += mean;
      case LEFT -> right[tile - 1] -= mean;
      case BELOW -> below[tile] += mean;
      case ABOVE -> below[tile - columns] -= mean;
    }
  }

  /** What to add to the tiles, [rows, columns]. */
  double[] offsets() {
    int tiles = rows * columns;
    double[] wanted = new double[tiles];
    for (int tile = 0; tile < tiles; tile++) {
      if (hasNeighbour(tile / columns, tile % columns, Side.RIGHT)) {
        wanted[tile] -= right[tile];
        wanted[tile + 1] += right[tile];
      }
      if (hasNeighbour(tile / columns, tile % columns, Side.BELOW)) {
        wanted[tile] -= below[tile];
        wanted[tile + columns] += below[tile];
      }
    }
    // Starting from zero, conjugate gradients never leave the offsets with a mean of zero.
    return new ConjugateGradient(MOST_ITERATIONS, PRECISION, false)
        .solve(new GridLaplacian(), new ArrayRealVector(wanted, false))
        .toArray();
  }

  /** The normal equations: how much each tile differs from its neighbours. */
  private final class GridLaplacian extends RealLinearOperator {
    @Override
    public int getRowDimension() {
      return rows * columns;
    }

    @Override
    public int getColumnDimension() {
      return rows * columns;
    }

    @Override
    public RealVector operate(RealVector x) {
      double[] result = new double[rows * columns];
      for (int tile = 0; tile < result.length; tile++) {
        for (Side side : Side.values()) {
          if (hasNeighbour(tile / columns, tile % columns, side)) {
            result[tile] +=
                x.getEntry(tile) - x.getEntry(tile + side.rows * columns + side.columns);
          }
        }
      }
      return new ArrayRealVector(result, false);
    }
  }
}
