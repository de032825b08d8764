package org.sardiffusion.runtime.internal.tiling;

import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.tiling.AxisTiling;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * Neighbouring tiles of a tiling, first and last included.
 *
 * @param firstRow uppermost row of tiles
 * @param lastRow lowest one
 * @param firstColumn leftmost column of tiles
 * @param lastColumn rightmost one
 */
public record TileRange(int firstRow, int lastRow, int firstColumn, int lastColumn) {

  /** The tiles of a layout that touch a window, latent pixels. */
  static TileRange touching(TileLayout layout, Window window) {
    AxisTiling rows = layout.rows();
    AxisTiling columns = layout.columns();
    return new TileRange(
        rows.firstBeyond(window.y()),
        rows.lastBefore(window.bottom()),
        columns.firstBeyond(window.x()),
        columns.lastBefore(window.right()));
  }

  /** What these tiles of a layout cover, latent pixels. */
  Window area(TileLayout layout) {
    return Window.between(
        layout.columns().start(firstColumn),
        layout.rows().start(firstRow),
        layout.columns().end(lastColumn),
        layout.rows().end(lastRow));
  }

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
