package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Size;

/**
 * Which pixels of an init image are made anew.
 *
 * @param size in pixels
 * @param values in [0,1], [height, width], C order; from {@value #THRESHOLD} on a pixel is made
 *     anew, as in diffusers ({@code VaeImageProcessor.binarize}). The array is not copied.
 */
public record Mask(Size size, float[] values) {
  static final float THRESHOLD = 0.5f;

  /**
   * @throws GenerationException if the values are not of that size, or one is not in [0,1]
   */
  public Mask {
    InitImage.requireLength("The mask", size, 1, values);
    for (float value : values) {
      if (!(value >= 0 && value <= 1)) {
        throw new GenerationException(
            "The mask must hold values in [0,1] (1 where the image is made anew), but has "
                + value
                + ".");
      }
    }
  }

  /** Whether it makes any pixel anew. */
  public boolean selectsAny() {
    for (float value : values) {
      if (value >= THRESHOLD) {
        return true;
      }
    }
    return false;
  }

  boolean covers(int pixel) {
    return values[pixel] >= THRESHOLD;
  }
}
