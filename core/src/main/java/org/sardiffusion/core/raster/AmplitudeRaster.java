package org.sardiffusion.core.raster;

/**
 * A detected (amplitude) image in memory, in its physical or any other unit; not bound to [0,1].
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param samples amplitude, row by row from the top, {@code width * height} values; NaN marks a
 *     pixel without data. The array is not copied: whoever made the raster must not change it any
 *     more.
 */
public record AmplitudeRaster(int width, int height, float[] samples) implements AmplitudeSource {
  /**
   * @throws IllegalArgumentException if the size and the number of samples disagree
   */
  public AmplitudeRaster {
    if (width < 1 || height < 1 || (long) width * height != samples.length) {
      throw new IllegalArgumentException(
          "An amplitude raster of "
              + width
              + "x"
              + height
              + " pixels does not have "
              + samples.length
              + " samples");
    }
  }

  /** The amplitude in column x of row y. */
  public float at(int x, int y) {
    return samples[y * width + x];
  }

  @Override
  public void readRows(int firstRow, int rows, float[] into) {
    System.arraycopy(samples, firstRow * width, into, 0, rows * width);
  }
}
