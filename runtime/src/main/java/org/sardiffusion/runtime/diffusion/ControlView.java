package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Window;

/** What a UNet with ControlNets sees at a time: equal views look alike. */
sealed interface ControlView permits ControlWindow, TileControl {
  /**
   * One of the three channels that a ControlNet gets.
   *
   * @param net which ControlNet, from 0
   * @return [height, width]
   */
  float[] channel(int net, int channel);

  /** What is seen of each tile. */
  @FunctionalInterface
  interface OfTile {
    /**
     * @param pixels of the tile, in the whole image
     */
    ControlView at(Window pixels);
  }
}
