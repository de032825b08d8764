package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;

/**
 * An image that a ControlNet follows.
 *
 * @param size in pixels
 * @param samples in [0,1]: one channel, [height, width], which the network sees three times, or
 *     three, [3, height, width]; C order. The array is not copied.
 */
public record ControlImage(Size size, float[] samples) {
  static final int CHANNELS = 3;

  /**
   * @throws GenerationException if the samples are of neither shape, or one is not in [0,1]
   */
  public ControlImage {
    long pixels = (long) size.width() * size.height();
    InitImage.requireLength(
        "The control image", size, samples.length == pixels ? 1 : CHANNELS, samples);
    for (float sample : samples) {
      if (!(sample >= 0 && sample <= 1)) {
        throw new GenerationException(
            "A control image must hold values in [0,1], but has "
                + sample
                + ": normalise it"
                + (Float.isNaN(sample) ? ", and fill pixels without data." : "."));
      }
    }
  }

  /** A part of one of the three channels that the network sees, [height, width]. */
  float[] channel(int k, Window window) {
    int pixels = size.width() * size.height();
    int first = samples.length == pixels ? 0 : k * pixels;
    float[] channel = new float[window.width() * window.height()];
    for (int row = 0; row < window.height(); row++) {
      System.arraycopy(
          samples,
          first + (window.y() + row) * size.width() + window.x(),
          channel,
          row * window.width(),
          window.width());
    }
    return channel;
  }
}
