package org.sardiffusion.runtime.scene;

import org.sardiffusion.core.raster.Window;

/**
 * The tiles in which the noise of a scene is predicted: every row of tiles has all columns, and a
 * tile's weight in a latent pixel is the product over both axes.
 *
 * <p>The tiling is that of the whole scene, whichever part of it is made.
 */
public record SceneTiling(AxisTiling columns, AxisTiling rows) {
  /** All of the scene, latent pixels. */
  Window whole() {
    return new Window(0, 0, columns.length(), rows.length());
  }

  /** The tiles that touch a window. */
  TileRange touching(Window window) {
    return new TileRange(
        rows.firstBeyond(window.y()),
        rows.lastBefore(window.bottom()),
        columns.firstBeyond(window.x()),
        columns.lastBefore(window.right()));
  }

  /** What tiles cover. */
  Window area(TileRange range) {
    return Window.between(
        columns.start(range.firstColumn()),
        rows.start(range.firstRow()),
        columns.end(range.lastColumn()),
        rows.end(range.lastRow()));
  }
}
