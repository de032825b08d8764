package org.sardiffusion.conditioning;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * A single-look complex image in memory.
 *
 * @param width columns (range or azimuth samples of a line), at least 1
 * @param height rows, at least 1
 * @param samples real and imaginary part of every pixel in turn, row by row from the top, {@code 2
 *     * width * height} values in the sensor's own unit. The array is not copied: whoever made the
 *     image must not change it any more.
 */
public record ComplexImage(int width, int height, float[] samples) implements ComplexSource {
  /**
   * @throws IllegalArgumentException if the size and the number of samples disagree
   */
  public ComplexImage {
    if (width < 1 || height < 1 || 2L * width * height != samples.length) {
      throw new IllegalArgumentException(
          "A complex image of "
              + width
              + "x"
              + height
              + " pixels does not have "
              + samples.length
              + " samples");
    }
  }

  /** Real part of the pixel in column x of row y. */
  public float re(int x, int y) {
    return samples[2 * (y * width + x)];
  }

  /** Imaginary part of the pixel in column x of row y. */
  public float im(int x, int y) {
    return samples[2 * (y * width + x) + 1];
  }

  /** The amplitude |z| of every pixel. */
  public AmplitudeRaster detect() {
    float[] amplitude = new float[width * height];
    for (int i = 0; i < amplitude.length; i++) {
      double re = samples[2 * i];
      double im = samples[2 * i + 1];
      amplitude[i] = (float) Math.sqrt(re * re + im * im);
    }
    return new AmplitudeRaster(width, height, amplitude);
  }

  @Override
  public void readRows(int firstRow, int rows, float[] into) {
    System.arraycopy(samples, 2 * firstRow * width, into, 0, 2 * rows * width);
  }
}
