package org.sardiffusion.runtime.diffusion;

/** An image of one tile, in the place of those of the signals. */
record TileControl(ControlImage image) implements ControlView {
  @Override
  public float[] channel(Control.Signal signal, int channel) {
    return image.channel(channel, image.size().window());
  }
}
