package org.sardiffusion.runtime.diffusion;

/**
 * A size in pixels. SDXL's own tuples are (height, width); here width comes first, as on the
 * command line.
 *
 * @throws GenerationException if a side is below 1
 */
public record ImageSize(int width, int height) {
  public ImageSize {
    if (width < 1 || height < 1) {
      throw new GenerationException(
          "An image size must be at least 1 x 1 pixel, but is " + width + " x " + height + ".");
    }
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
