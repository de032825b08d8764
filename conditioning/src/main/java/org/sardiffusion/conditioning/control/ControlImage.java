package org.sardiffusion.conditioning.control;

/**
 * An image that steers the diffusion.
 *
 * @param channels 1 ([H,W]) or 3 ([3,H,W])
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param samples in [0,1], channel by channel, row by row from the top. The array is not copied.
 */
public record ControlImage(int channels, int height, int width, float[] samples) {
  /**
   * @throws IllegalArgumentException if the shape is impossible, or a sample lies outside [0,1]
   */
  public ControlImage {
    if ((channels != 1 && channels != 3)
        || height < 1
        || width < 1
        || (long) channels * height * width != samples.length) {
      throw new IllegalArgumentException(
          "A control image cannot be ["
              + channels
              + ","
              + height
              + ","
              + width
              + "] with "
              + samples.length
              + " samples");
    }
    for (float sample : samples) {
      if (!(sample >= 0 && sample <= 1)) {
        throw new IllegalArgumentException("A control image has no sample of " + sample);
      }
    }
  }
}
