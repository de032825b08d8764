package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Size;

/**
 * The image that image to image starts from.
 *
 * @param size in pixels
 * @param amplitude normalised amplitude in [0,1], [height, width], C order; NaN where there is no
 *     data. The array is not copied.
 */
public record InitImage(Size size, float[] amplitude) {
  /**
   * @throws GenerationException if the amplitude is not of that size, or a value lies outside [0,1]
   */
  public InitImage {
    requireLength("The init image", size, 1, amplitude);
    boolean data = false;
    for (float value : amplitude) {
      requireUnit("The init image", value);
      data |= !Float.isNaN(value);
    }
    if (!data) {
      throw new GenerationException("The init image has no data: every pixel is NaN.");
    }
  }

  /** Whether any pixel has no data. */
  public boolean hasNodata() {
    for (float value : amplitude) {
      if (Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  /** The mean of the pixels that have data. */
  float mean() {
    double sum = 0;
    int count = 0;
    for (float value : amplitude) {
      if (!Float.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    return (float) (sum / count);
  }

  static void requireLength(String what, Size size, int channels, float[] samples) {
    if ((long) channels * size.width() * size.height() != samples.length) {
      throw new GenerationException(
          what + " of " + size + " pixels can't have " + samples.length + " samples.");
    }
  }

  /** Refuses what is outside [0,1] but for NaN. */
  static void requireUnit(String what, float value) {
    if (value < 0 || value > 1) {
      throw new GenerationException(
          what + " must hold amplitude in [0,1], but has a pixel of " + value + ": normalise it.");
    }
  }
}
