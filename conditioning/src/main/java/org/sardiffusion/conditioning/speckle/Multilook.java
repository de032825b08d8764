package org.sardiffusion.conditioning.speckle;

import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Averages intensity over blocks of pixels, for less speckle and coarser pixels.
 *
 * @param looksX columns of a block, at least 1
 * @param looksY rows of a block, at least 1
 */
public record Multilook(int looksX, int looksY) {
  /**
   * @throws IllegalArgumentException if a number of looks is not positive
   */
  public Multilook {
    if (looksX < 1 || looksY < 1) {
      throw new IllegalArgumentException(
          "A block has at least 1 look on each axis, not " + looksX + "x" + looksY);
    }
  }

  /** Multilooked amplitude of a complex image; see {@link #apply(AmplitudeRaster)}. */
  public AmplitudeRaster apply(ComplexImage image) {
    return apply(image.detect());
  }

  /**
   * The root of the mean intensity of every whole block; incomplete blocks at the right and at the
   * bottom are dropped. A block with a NaN pixel is NaN.
   *
   * @throws IllegalArgumentException if the image is smaller than a block
   */
  public AmplitudeRaster apply(AmplitudeRaster amplitude) {
    int width = amplitude.width() / looksX;
    int height = amplitude.height() / looksY;
    if (width == 0 || height == 0) {
      throw new IllegalArgumentException(
          "An image of "
              + amplitude.width()
              + "x"
              + amplitude.height()
              + " pixels has no block of "
              + looksX
              + "x"
              + looksY);
    }
    float[] samples = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int dy = 0; dy < looksY; dy++) {
          for (int dx = 0; dx < looksX; dx++) {
            double a = amplitude.at(x * looksX + dx, y * looksY + dy);
            sum += a * a;
          }
        }
        samples[y * width + x] = (float) Math.sqrt(sum / (looksX * looksY));
      }
    }
    return new AmplitudeRaster(width, height, samples);
  }
}
