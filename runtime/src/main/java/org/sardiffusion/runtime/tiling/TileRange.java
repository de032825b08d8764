package org.sardiffusion.runtime.tiling;

/**
 * Neighbouring tiles of a tiling, first and last included.
 *
 * @param firstRow uppermost row of tiles
 * @param lastRow lowest one
 * @param firstColumn leftmost column of tiles
 * @param lastColumn rightmost one
 */
public record TileRange(int firstRow, int lastRow, int firstColumn, int lastColumn) {
  public long count() {
    return (long) rows() * columns();
  }

  public int rows() {
    return lastRow - firstRow + 1;
  }

  public int columns() {
    return lastColumn - firstColumn + 1;
  }
}
