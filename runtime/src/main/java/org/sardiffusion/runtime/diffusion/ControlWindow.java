package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Window;

/** A part of the control images, pixels. */
record ControlWindow(Window window) implements ControlView {
  @Override
  public float[] channel(Control.Signal signal, int channel) {
    return signal.image().channel(channel, window);
  }
}
