package org.sardiffusion.geo.internal.stac;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.locationtech.jts.algorithm.Orientation;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.CoordinateArrays;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.util.AffineTransformation;

/**
 * The outline of an image in longitude and latitude on WGS 84. One that goes around a pole runs
 * along it from -180 to 180 degrees, as a map in longitude and latitude shows it.
 *
 * @param polygons one, or two where the image crosses the antimeridian, which GeoJSON cuts (RFC
 *     7946, 3.1.9)
 * @param west of the box around them; larger than {@code east} across the antimeridian (RFC 7946,
 *     5.2)
 * @param south smallest latitude
 * @param east of the box
 * @param north largest latitude
 */
record Footprint(List<Polygon> polygons, double west, double south, double east, double north) {
  private static final GeometryFactory GEOMETRY = new GeometryFactory();
  private static final double FULL_TURN = 360;

  /**
   * @param ring longitude and latitude in turn, closed, either way round
   */
  static Footprint of(double[] ring) {
    List<Coordinate> path = unwrapped(ring);
    double turned = path.get(path.size() - 1).x - path.get(0).x;
    if (Math.abs(turned) > 180) {
      return aroundPole(path, turned > 0);
    }
    boolean crosses = spread(ring) > 180;
    Coordinate[] corners = new Coordinate[ring.length / 2];
    for (int i = 0; i < corners.length; i++) {
      double longitude = ring[2 * i];
      corners[i] =
          new Coordinate(crosses && longitude < 0 ? longitude + 360 : longitude, ring[2 * i + 1]);
    }
    if (!Orientation.isCCW(corners)) {
      CoordinateArrays.reverse(corners);
    }
    Polygon outline = GEOMETRY.createPolygon(corners);
    Envelope box = outline.getEnvelopeInternal();
    return new Footprint(
        crosses ? cut(outline) : List.of(outline),
        box.getMinX(),
        box.getMinY(),
        crosses ? box.getMaxX() - 360 : box.getMaxX(),
        box.getMaxY());
  }

  /** Without jumps of longitude: from each point the shorter way round to the next. */
  private static List<Coordinate> unwrapped(double[] ring) {
    List<Coordinate> path = new ArrayList<>();
    double longitude = ring[0];
    for (int i = 0; i < ring.length; i += 2) {
      longitude += Math.IEEEremainder(ring[i] - longitude, FULL_TURN);
      path.add(new Coordinate(longitude, ring[i + 1]));
    }
    return path;
  }

  /** Opens the path where it crosses the antimeridian and closes it along the pole. */
  private static Footprint aroundPole(List<Coordinate> path, boolean eastward) {
    List<Coordinate> east = new ArrayList<>(path);
    if (!eastward) {
      Collections.reverse(east);
    }
    double border = 180 + FULL_TURN * Math.ceil((east.get(0).x - 180) / FULL_TURN);
    List<Coordinate> before = new ArrayList<>();
    List<Coordinate> after = new ArrayList<>();
    double crossing = east.get(0).y;
    for (int i = 0; i < east.size(); i++) {
      Coordinate point = east.get(i);
      (point.x < border ? before : after).add(new Coordinate(point.x - border, point.y));
      if (i > 0 && east.get(i - 1).x < border && point.x >= border) {
        Coordinate last = east.get(i - 1);
        crossing = last.y + (point.y - last.y) * (border - last.x) / (point.x - last.x);
      }
    }
    List<Coordinate> ring = new ArrayList<>();
    ring.add(new Coordinate(-180, crossing));
    after.forEach(p -> ring.add(new Coordinate(p.x - 180, p.y)));
    before.forEach(p -> ring.add(new Coordinate(p.x + 180, p.y)));
    ring.add(new Coordinate(180, crossing));
    double latitude = path.stream().mapToDouble(Coordinate::getY).average().orElseThrow();
    double pole = Math.copySign(90, latitude);
    ring.add(new Coordinate(180, pole));
    ring.add(new Coordinate(-180, pole));
    ring.add(new Coordinate(-180, crossing));
    Coordinate[] corners = CoordinateArrays.removeRepeatedPoints(ring.toArray(Coordinate[]::new));
    if (!Orientation.isCCW(corners)) {
      CoordinateArrays.reverse(corners);
    }
    Polygon outline = GEOMETRY.createPolygon(corners);
    Envelope box = outline.getEnvelopeInternal();
    return new Footprint(List.of(outline), -180, box.getMinY(), 180, box.getMaxY());
  }

  private static double spread(double[] ring) {
    double minimum = ring[0];
    double maximum = ring[0];
    for (int i = 0; i < ring.length; i += 2) {
      minimum = Math.min(minimum, ring[i]);
      maximum = Math.max(maximum, ring[i]);
    }
    return maximum - minimum;
  }

  /** Cuts an outline in longitudes 0 to 360 at 180. */
  private static List<Polygon> cut(Polygon ring) {
    // One that touches itself, as where a corner is a pole, is no valid geometry.
    Geometry outline = ring.isValid() ? ring : ring.buffer(0);
    Geometry east = GEOMETRY.toGeometry(new Envelope(0, 180, -90, 90)).intersection(outline);
    Geometry west = GEOMETRY.toGeometry(new Envelope(180, 360, -90, 90)).intersection(outline);
    List<Polygon> parts = new ArrayList<>();
    Geometry back = AffineTransformation.translationInstance(-360, 0).transform(west);
    for (Geometry part : new Geometry[] {east, back}) {
      if (part instanceof Polygon polygon && !polygon.isEmpty()) {
        // JTS runs its rings clockwise.
        parts.add(polygon.norm().reverse() instanceof Polygon p ? p : polygon);
      }
    }
    return parts;
  }
}
