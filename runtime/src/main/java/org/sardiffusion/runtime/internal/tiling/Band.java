package org.sardiffusion.runtime.internal.tiling;

import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * What one call of the model does at a time: some tiles are predicted, and the rows that then have
 * all of their tiles are stepped.
 *
 * @param index its place among the bands of the whole, from the top
 * @param seen the latents that its tiles see
 * @param done the first rows of these, which no later band's tiles reach
 * @param tiles which
 * @param last whether it is the last of its call
 */
public record Band(int index, Window seen, Window done, TileRange tiles, boolean last) {

  /** All tiles of a layout at once. */
  public static Band ofAllTiles(TileLayout layout) {
    TileRange all = new TileRange(0, layout.rows().count() - 1, 0, layout.columns().count() - 1);
    return new Band(0, layout.whole(), layout.whole(), all, true);
  }

  /** All of an image of one tile. */
  public static Band ofOneTile(int height, int width) {
    Window whole = new Window(0, 0, width, height);
    return new Band(0, whole, whole, new TileRange(0, 0, 0, 0), true);
  }
}
