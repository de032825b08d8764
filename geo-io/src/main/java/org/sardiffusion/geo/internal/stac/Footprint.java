package org.sardiffusion.geo.internal.stac;

import java.util.ArrayList;
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
 * The outline of an image in longitude and latitude on WGS 84.
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

  /**
   * @param ring longitude and latitude in turn, closed, either way round
   */
  static Footprint of(double[] ring) {
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
  private static List<Polygon> cut(Polygon outline) {
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
