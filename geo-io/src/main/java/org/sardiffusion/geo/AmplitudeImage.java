package org.sardiffusion.geo;

/**
 * A one-channel radar amplitude image.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param samples amplitude in [0,1], row by row from the top, {@code width * height} values; NaN
 *     marks a pixel without data. The array is not copied: whoever made the image must not change
 *     it any more.
 */
public record AmplitudeImage(int width, int height, float[] samples) {
  /**
   * @throws IllegalArgumentException if the size and the number of samples disagree, or a sample
   *     lies outside [0,1]
   */
  public AmplitudeImage {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "An image needs at least one row and one column, not " + width + "x" + height);
    }
    if ((long) width * height != samples.length) {
      throw new IllegalArgumentException(
          "A " + width + "x" + height + " image does not have " + samples.length + " samples");
    }
    for (int i = 0; i < samples.length; i++) {
      // Written so that NaN, which compares false with everything, passes.
      if (samples[i] < 0 || samples[i] > 1) {
        throw new IllegalArgumentException(
            "Amplitude outside [0,1] at column "
                + i % width
                + ", row "
                + i / width
                + ": "
                + samples[i]);
      }
    }
  }
}
