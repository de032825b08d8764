package org.sardiffusion.runtime.tiling;

import org.sardiffusion.core.raster.Window;

/**
 * What one evaluation of the model does at a time: some tiles are predicted, and the rows that then
 * have all of their tiles are stepped.
 *
 * @param index its place among the bands of the whole, from the top
 * @param seen the latents that its tiles see
 * @param done the first rows of these, which no later band's tiles reach
 * @param tiles which
 * @param last whether it is the last of its evaluation
 */
public record Band(int index, Window seen, Window done, TileRange tiles, boolean last) {

  /** All of an image of one tile. */
  public static Band ofOneTile(int height, int width) {
    Window whole = new Window(0, 0, width, height);
    return new Band(0, whole, whole, new TileRange(0, 0, 0, 0), true);
  }
}
