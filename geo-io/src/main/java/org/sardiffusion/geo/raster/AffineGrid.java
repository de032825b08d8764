package org.sardiffusion.geo.raster;

import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;

/**
 * A place given by an affine map, perhaps rotated; without a coordinate system, the size of the
 * pixels alone.
 *
 * @param map from column and row to coordinates
 * @param crs the coordinate system of those, easting or longitude first; empty if none is known
 */
public record AffineGrid(Affine map, Optional<Crs> crs) implements Georeference {
  /** A pixel of over a kilometre is no SAR pixel: somebody gave metres. */
  private static final double LARGEST_DEGREES = 0.01;

  private static final double METRES_PER_DEGREE = 111_320;

  /**
   * A grid of square pixels, north up. The coordinate system is looked up, which takes most of a
   * second the first time.
   *
   * @param crs the coordinate system
   * @param originX easting or longitude of the upper left corner of the upper left pixel
   * @param originY northing or latitude of that corner
   * @param pixelSize in units of the coordinate system: usually metres, but degrees for a
   *     geographic one such as EPSG:4326
   * @throws PlacementException if a number is not finite, the pixel size is not positive, the
   *     coordinate system is not known, or the origin or the pixel size cannot be degrees though
   *     the coordinate system is geographic
   */
  public static AffineGrid northUp(Crs crs, double originX, double originY, double pixelSize) {
    return northUp(crs, originX, originY, pixelSize, pixelSize);
  }

  /** As above, of pixels that are not square. */
  public static AffineGrid northUp(
      Crs crs, double originX, double originY, double pixelWidth, double pixelHeight) {
    checkSize(pixelWidth);
    checkSize(pixelHeight);
    if (!Double.isFinite(originX) || !Double.isFinite(originY)) {
      throw new PlacementException(
          "An origin is two finite numbers, not " + originX + "," + originY + ".");
    }
    if (crs.isGeographic()) {
      checkDegrees(crs, originX, originY);
      checkDegreesPerPixel(crs, originX, originY, Math.max(pixelWidth, pixelHeight));
    }
    return new AffineGrid(
        new Affine(originX, pixelWidth, 0, originY, 0, -pixelHeight), Optional.of(crs));
  }

  /**
   * The grid of an image whose scale is known, but not its place.
   *
   * @param pixelSize width and height of a pixel in metres
   * @throws PlacementException if the pixel size is not a positive number
   */
  public static AffineGrid unreferenced(double pixelSize) {
    checkSize(pixelSize);
    return new AffineGrid(new Affine(0, pixelSize, 0, 0, 0, -pixelSize), Optional.empty());
  }

  /** The distance between columns, above 0, in units of the coordinate system. */
  public double pixelWidth() {
    return Math.hypot(map.xPerColumn(), map.yPerColumn());
  }

  /** The distance between rows, above 0, likewise. */
  public double pixelHeight() {
    return Math.hypot(map.xPerRow(), map.yPerRow());
  }

  /** The same pixels, counted from another one. */
  public AffineGrid from(int column, int row) {
    return new AffineGrid(map.from(column, row), crs);
  }

  /** The same corner with pixels so many times as large along both axes. */
  public AffineGrid coarser(int factor) {
    return new AffineGrid(map.resampled(1.0 / factor, 1.0 / factor), crs);
  }

  /**
   * The outline of an image on WGS 84; also the way to find out, before long work, that an origin
   * cannot be.
   *
   * @param width columns
   * @param height rows
   * @return longitude and latitude in turn, degrees: the upper left, lower left, lower right and
   *     upper right corner, and the first again; empty without a coordinate system
   * @throws PlacementException if a corner lies where the coordinate system is undefined
   */
  public Optional<double[]> outline(int width, int height) {
    return crs.map(
        system ->
            system.toLongitudeLatitude(
                map.x(0, 0),
                map.y(0, 0),
                map.x(0, height),
                map.y(0, height),
                map.x(width, height),
                map.y(width, height),
                map.x(width, 0),
                map.y(width, 0),
                map.x(0, 0),
                map.y(0, 0)));
  }

  private static void checkSize(double size) {
    if (!(size > 0) || Double.isInfinite(size)) {
      throw new PlacementException("A pixel size is a number above 0, not " + size + ".");
    }
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
