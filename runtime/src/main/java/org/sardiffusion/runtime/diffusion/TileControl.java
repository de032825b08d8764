package org.sardiffusion.runtime.diffusion;

/** An image of one tile, which all ControlNets follow. */
record TileControl(ControlImage image) implements ControlView {
  @Override
  public float[] channel(int net, int channel) {
    return image.channel(channel, image.size().window());
  }
}
