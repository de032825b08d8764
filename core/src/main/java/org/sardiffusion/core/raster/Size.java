package org.sardiffusion.core.raster;

/**
 * A size in pixels. SDXL's own tuples are (height, width); here width comes first, as in file
 * headers.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Size(int width, int height) {
  /**
   * @throws RasterException if a side is below 1
   */
  public Size {
    if (width < 1 || height < 1) {
      throw new RasterException(
          "An image has at least 1 x 1 pixel, so it can't be of " + width + " x " + height + ".");
    }
  }

  /** The number of pixels. */
  public long area() {
    return (long) width * height;
  }

  /** All of an image of this size. */
  public Window window() {
    return new Window(0, 0, width, height);
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
