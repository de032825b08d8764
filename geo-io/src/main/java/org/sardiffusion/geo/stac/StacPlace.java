package org.sardiffusion.geo.stac;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.Georeferenced;
import org.sardiffusion.geo.place.Placement;
import org.sardiffusion.geo.place.Unreferenced;
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

  /** Of an image that is north up, or not placed at all. */
  public static StacPlace of(Placement placement, int width, int height) {
    double[] transform = {
      placement.pixelWidth(),
      0,
      placement.originX(),
      0,
      -placement.pixelHeight(),
      placement.originY()
    };
    Optional<Georeferenced> georeferenced =
        placement instanceof Georeferenced g ? Optional.of(g) : Optional.empty();
    boolean metric =
        placement instanceof Unreferenced
            || georeferenced.filter(g -> g.crs().isMetric()).isPresent();
    return new StacPlace(
        georeferenced.map(g -> g.outline(width, height)),
        georeferenced.map(g -> g.crs().code()),
        Optional.of(transform),
        metric
            ? OptionalDouble.of(Math.max(placement.pixelWidth(), placement.pixelHeight()))
            : OptionalDouble.empty());
  }

  /**
   * Of an image on any grid, or with control points.
   *
   * @param spacing of its pixels, where that is known
   */
  public static StacPlace of(Georeference place, Optional<Spacing> spacing, int width, int height) {
    OptionalDouble gsd =
        spacing.isPresent()
            ? OptionalDouble.of(Math.max(spacing.get().columns(), spacing.get().rows()))
            : OptionalDouble.empty();
    if (place instanceof AffineGrid grid) {
      Affine map = grid.map();
      return new StacPlace(
          grid.crs().map(code -> outline(Crs.of(code), map, width, height)),
          grid.crs(),
          Optional.of(
              new double[] {
                map.xPerColumn(),
                map.xPerRow(),
                map.originX(),
                map.yPerColumn(),
                map.yPerRow(),
                map.originY()
              }),
          gsd);
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
    return new StacPlace(outline, Optional.empty(), Optional.empty(), gsd);
  }

  private static double[] outline(Crs crs, Affine map, int width, int height) {
    return crs.toLongitudeLatitude(
        map.x(0, 0),
        map.y(0, 0),
        map.x(0, height),
        map.y(0, height),
        map.x(width, height),
        map.y(width, height),
        map.x(width, 0),
        map.y(width, 0),
        map.x(0, 0),
        map.y(0, 0));
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
    Crs crs = Crs.of(points.crs().get());
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
