package org.sardiffusion.geo.ortho;

import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;

/**
 * The pixels of a map, north up.
 *
 * @param crs the map's coordinate system
 * @param originX x of the upper left corner of the upper left pixel
 * @param originY y of that corner
 * @param pixelSize width and height of a pixel, in units of the coordinate system
 * @param width columns
 * @param height rows
 */
public record GroundGrid(
    Crs crs, double originX, double originY, double pixelSize, int width, int height) {
  /** A side beyond this is a pixel size gone wrong, not an image. */
  private static final double LONGEST_SIDE = 1 << 20;

  /** Points along each edge of an image by which its extent is found. */
  private static final int EDGE_POINTS = 64;

  /**
   * The smallest grid that an image fits into; its lines lie at multiples of the pixel size, so
   * that neighbouring images share one grid.
   *
   * @param place where the image lies
   * @param width its columns
   * @param height its rows
   * @param crs of the map
   * @param pixelSize of the map, above 0
   * @throws PlacementException if the image lies outside the lattice or the coordinate system, or
   *     the map would be too large
   */
  public static GroundGrid covering(
      LocationGrid place, int width, int height, Crs crs, double pixelSize) {
    if (!(pixelSize > 0) || Double.isInfinite(pixelSize)) {
      throw new PlacementException("A pixel size is a number above 0, not " + pixelSize + ".");
    }
    double[] edge = crs.fromLongitudeLatitude(edge(place, width, height));
    double west = Double.POSITIVE_INFINITY;
    double east = Double.NEGATIVE_INFINITY;
    double south = Double.POSITIVE_INFINITY;
    double north = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < edge.length; i += 2) {
      west = Math.min(west, edge[i]);
      east = Math.max(east, edge[i]);
      south = Math.min(south, edge[i + 1]);
      north = Math.max(north, edge[i + 1]);
    }
    double left = Math.floor(west / pixelSize);
    double top = Math.ceil(north / pixelSize);
    double columns = Math.ceil(east / pixelSize) - left;
    double rows = top - Math.floor(south / pixelSize);
    if (columns > LONGEST_SIDE || rows > LONGEST_SIDE) {
      throw new PlacementException(
          "On the ground the image would have "
              + (long) columns
              + "x"
              + (long) rows
              + " pixels of "
              + pixelSize
              + (crs.isGeographic() ? " degrees" : " m")
              + ": the pixel size has to be larger, in units of "
              + crs.codeAndName()
              + ".",
          Remedy.choose("pixel_size"));
    }
    return new GroundGrid(
        crs,
        left * pixelSize,
        top * pixelSize,
        pixelSize,
        Math.max(1, (int) columns),
        Math.max(1, (int) rows));
  }

  /** Longitude and latitude in turn along the outline of an image. */
  private static double[] edge(LocationGrid place, int width, int height) {
    double[] edge = new double[2 * 4 * EDGE_POINTS];
    for (int i = 0; i < EDGE_POINTS; i++) {
      double part = (double) i / (EDGE_POINTS - 1);
      put(edge, 4 * i, place, new ImagePoint(part * width, 0));
      put(edge, 4 * i + 1, place, new ImagePoint(part * width, height));
      put(edge, 4 * i + 2, place, new ImagePoint(0, part * height));
      put(edge, 4 * i + 3, place, new ImagePoint(width, part * height));
    }
    return edge;
  }

  private static void put(double[] edge, int index, LocationGrid place, ImagePoint at) {
    GeoPoint point =
        place
            .locate(at)
            .orElseThrow(
                () ->
                    new PlacementException(
                        "The image reaches beyond the grid of places that it comes with, at column "
                            + at.column()
                            + ", row "
                            + at.row()
                            + ": it can't be put on a map as a whole.",
                        Remedy.choose("window")));
    edge[2 * index] = point.longitude();
    edge[2 * index + 1] = point.latitude();
  }

  /** The place of its pixels. */
  public AffineGrid place() {
    return new AffineGrid(
        new Affine(originX, pixelSize, 0, originY, 0, -pixelSize), Optional.of(crs));
  }
}
