package org.sardiffusion.geo.place;

import java.util.Locale;

/**
 * An image with a place on Earth.
 *
 * @param crs the coordinate system
 * @param originX easting or longitude of the upper left corner of the upper left pixel
 * @param originY northing or latitude of that corner
 * @param pixelWidth in units of the coordinate system: usually metres, but degrees for a geographic
 *     one such as EPSG:4326
 * @param pixelHeight likewise
 */
public record Georeferenced(
    Crs crs, double originX, double originY, double pixelWidth, double pixelHeight)
    implements Placement {

  /** A pixel of over a kilometre is no SAR pixel: somebody gave metres. */
  private static final double LARGEST_DEGREES = 0.01;

  private static final double METRES_PER_DEGREE = 111_320;

  /**
   * @throws PlacementException if a number is not finite, a pixel size is not positive, or the
   *     origin or the pixel size cannot be degrees though the coordinate system is geographic
   */
  public Georeferenced {
    PixelSize.check(pixelWidth);
    PixelSize.check(pixelHeight);
    if (!Double.isFinite(originX) || !Double.isFinite(originY)) {
      throw new PlacementException(
          "An origin is two finite numbers, not " + originX + "," + originY + ".");
    }
    if (crs.isGeographic()) {
      checkDegrees(crs, originX, originY);
      checkDegreesPerPixel(crs, originX, originY, Math.max(pixelWidth, pixelHeight));
    }
  }

  /** An image of square pixels. */
  public static Georeferenced northUp(Crs crs, double originX, double originY, double pixelSize) {
    return new Georeferenced(crs, originX, originY, pixelSize, pixelSize);
  }

  /**
   * The outline of an image on WGS 84; also the way to find out, before long work, that an origin
   * cannot be.
   *
   * @param width columns
   * @param height rows
   * @return longitude and latitude in turn, degrees: the upper left, lower left, lower right and
   *     upper right corner, and the first again, which is counterclockwise
   * @throws PlacementException if a corner lies where the coordinate system is undefined
   */
  public double[] outline(int width, int height) {
    double right = originX + width * pixelWidth;
    double bottom = originY - height * pixelHeight;
    return crs.toLongitudeLatitude(
        originX, originY, originX, bottom, right, bottom, right, originY, originX, originY);
  }

  private static void checkDegrees(Crs crs, double longitude, double latitude) {
    if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) {
      throw new PlacementException(
          "The origin "
              + longitude
              + ","
              + latitude
              + " is not on Earth: "
              + crs.code()
              + " is in degrees, longitude first.");
    }
  }

  private static void checkDegreesPerPixel(
      Crs crs, double longitude, double latitude, double pixelSize) {
    if (pixelSize > LARGEST_DEGREES) {
      throw new PlacementException(
          String.format(
              Locale.ROOT,
              "A pixel size of %s with %s would be %.0f km per pixel: that coordinate system is in"
                  + " degrees. Give the size in degrees (0.4 m is about %.2g), or the origin in a"
                  + " coordinate system in metres, here %s.",
              pixelSize,
              crs.code(),
              pixelSize * METRES_PER_DEGREE / 1000,
              0.4 / METRES_PER_DEGREE,
              utmCode(longitude, latitude)));
    }
  }

  /** WGS 84 / UTM of a place, without the exceptions around Norway. */
  private static String utmCode(double longitude, double latitude) {
    int zone = Math.min(60, (int) Math.floor((longitude + 180) / 6) + 1);
    return "EPSG:" + ((latitude >= 0 ? 32600 : 32700) + zone);
  }
}
