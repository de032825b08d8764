package org.sardiffusion.geo.place;

/**
 * An image whose scale is known, but not its place.
 *
 * @param pixelSize width and height of a pixel in metres
 */
public record Unreferenced(double pixelSize) implements Placement {
  /**
   * @throws PlacementException if the pixel size is not a positive number
   */
  public Unreferenced {
    PixelSize.check(pixelSize);
  }

  @Override
  public double originX() {
    return 0;
  }

  @Override
  public double originY() {
    return 0;
  }

  @Override
  public double pixelWidth() {
    return pixelSize;
  }

  @Override
  public double pixelHeight() {
    return pixelSize;
  }
}
