package org.sardiffusion.runtime.diffusion;

/** A part of an image: its upper left pixel and its size. */
record PixelWindow(int x, int y, ImageSize size) implements ControlView {
  @Override
  public float[] channel(Control.Signal signal, int channel) {
    return signal.image().channel(channel, this);
  }
}
