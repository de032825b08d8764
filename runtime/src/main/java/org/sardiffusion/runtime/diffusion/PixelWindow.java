package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Size;

/** A part of an image: its upper left pixel and its size. */
record PixelWindow(int x, int y, Size size) implements ControlView {
  @Override
  public float[] channel(Control.Signal signal, int channel) {
    return signal.image().channel(channel, this);
  }
}
