package org.sardiffusion.runtime.diffusion;

/** What a UNet with ControlNets sees at a time: equal views look alike. */
sealed interface ControlView permits PixelWindow, TileControl {
  /**
   * One of the three channels that a ControlNet gets.
   *
   * @param signal of the ControlNet
   * @return [height, width]
   */
  float[] channel(Control.Signal signal, int channel);
}
