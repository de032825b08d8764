package org.sardiffusion.geo.internal.stac;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.GeoPoint;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.ImagePoint;
import org.sardiffusion.geo.raster.LocationGrid;
import org.sardiffusion.geo.raster.Spacing;

/**
 * Where an image lies, as its STAC item says it.
 *
 * @param outline longitude and latitude in turn, a closed ring
 * @param code of the coordinate system, such as {@code EPSG:32631}
 * @param transform the six numbers of {@code proj:transform}: x and y from column and row
 * @param gsd the distance of its pixels, metres
 */
public record StacPlace(
    Optional<double[]> outline,
    Optional<String> code,
    Optional<double[]> transform,
    OptionalDouble gsd) {

  /**
   * Of an image on any grid, or with control points.
   *
   * @param spacing of its pixels; if empty, that of a grid in metres
   */
  public static StacPlace of(Georeference place, Optional<Spacing> spacing, Size size) {
    int width = size.width();
    int height = size.height();
    if (place instanceof AffineGrid grid) {
      Affine map = grid.map();
      return new StacPlace(
          grid.outline(width, height),
          grid.crs().map(Crs::code),
          Optional.of(
              new double[] {
                map.xPerColumn(),
                map.xPerRow(),
                map.originX(),
                map.yPerColumn(),
                map.yPerRow(),
                map.originY()
              }),
          gsd(spacing.or(() -> spacing(grid))));
    }
    Optional<double[]> outline = Optional.empty();
    if (place instanceof LocationGrid grid) {
      outline = outline(grid, width, height);
    } else if (place instanceof ControlPoints points) {
      outline =
          LocationGrid.of(points)
              .flatMap(grid -> outline(grid, width, height))
              .or(() -> hull(points));
    }
    return new StacPlace(outline, Optional.empty(), Optional.empty(), gsd(spacing));
  }

  /** Without a coordinate system the pixel size is in metres. */
  private static Optional<Spacing> spacing(AffineGrid grid) {
    return grid.crs().map(Crs::isMetric).orElse(true)
        ? Optional.of(new Spacing(grid.pixelWidth(), grid.pixelHeight()))
        : Optional.empty();
  }

  private static OptionalDouble gsd(Optional<Spacing> spacing) {
    return spacing.isPresent()
        ? OptionalDouble.of(Math.max(spacing.get().columns(), spacing.get().rows()))
        : OptionalDouble.empty();
  }

  private static Optional<double[]> outline(LocationGrid grid, int width, int height) {
    double[] ring = new double[10];
    double[][] corners = {{0, 0}, {0, height}, {width, height}, {width, 0}, {0, 0}};
    for (int i = 0; i < corners.length; i++) {
      Optional<GeoPoint> point = grid.locate(new ImagePoint(corners[i][0], corners[i][1]));
      if (point.isEmpty()) {
        return Optional.empty();
      }
      ring[2 * i] = point.get().longitude();
      ring[2 * i + 1] = point.get().latitude();
    }
    return Optional.of(ring);
  }

  /** What points span that make no lattice. */
  private static Optional<double[]> hull(ControlPoints points) {
    if (points.crs().isEmpty()) {
      return Optional.empty();
    }
    Crs crs = points.crs().get();
    List<Coordinate> places = new ArrayList<>();
    points
        .points()
        .forEach(
            p -> {
              double[] place = crs.toLongitudeLatitude(p.x(), p.y());
              places.add(new Coordinate(place[0], place[1]));
            });
    Coordinate[] ring =
        new GeometryFactory()
            .createMultiPointFromCoords(places.toArray(Coordinate[]::new))
            .convexHull()
            .getCoordinates();
    if (ring.length < 4) {
      return Optional.empty();
    }
    double[] outline = new double[2 * ring.length];
    for (int i = 0; i < ring.length; i++) {
      outline[2 * i] = ring[i].x;
      outline[2 * i + 1] = ring[i].y;
    }
    return Optional.of(outline);
  }
}
