package org.sardiffusion.runtime.diffusion;

import java.util.List;
import org.sardiffusion.core.raster.Window;

/**
 * A part of the control images.
 *
 * @param images one for each ControlNet
 * @param window pixels
 */
record ControlWindow(List<ControlImage> images, Window window) implements ControlView {
  @Override
  public float[] channel(int net, int channel) {
    return images.get(net).channel(channel, window);
  }
}
