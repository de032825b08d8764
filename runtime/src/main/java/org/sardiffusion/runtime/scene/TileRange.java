package org.sardiffusion.runtime.scene;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.sardiffusion.core.raster.Window;

/**
 * Neighbouring tiles of a tiling, first and last included.
 *
 * @param firstRow uppermost row of tiles
 * @param lastRow lowest one
 * @param firstColumn leftmost column of tiles
 * @param lastColumn rightmost one
 */
record TileRange(int firstRow, int lastRow, int firstColumn, int lastColumn) {
  long count() {
    return (long) rows() * columns();
  }

  int rows() {
    return lastRow - firstRow + 1;
  }

  int columns() {
    return lastColumn - firstColumn + 1;
  }

  /**
   * The tiles that each evaluation has to predict so that a window of the final latents is right: a
   * step is right where all tiles of a latent pixel are predicted, and those see all of themselves.
   * So from the last evaluation back to the first they become more, by up to a tile on each side.
   */
  static List<TileRange> dependencyCone(SceneTiling tiling, Window target, int evaluations) {
    Deque<TileRange> ranges = new ArrayDeque<>();
    Window right = target;
    for (int evaluation = evaluations - 1; evaluation >= 0; evaluation--) {
      TileRange range = tiling.touching(right);
      ranges.addFirst(range);
      right = tiling.area(range);
    }
    return List.copyOf(ranges);
  }
}
