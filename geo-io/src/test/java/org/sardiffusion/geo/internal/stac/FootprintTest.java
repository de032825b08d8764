package org.sardiffusion.geo.internal.stac;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.locationtech.jts.algorithm.Orientation;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Polygon;

/**
 * Squares around a pole, whose places are known by hand: the angle, and the distance in degrees.
 */
class FootprintTest {
  private static final double HALF = 1;

  /** Off the centre by (dx, dy) half sides; the pole is within for less than 1. */
  @ParameterizedTest
  @CsvSource({"90, 0, 0", "-90, 0, 0", "90, 0.4, -0.8", "-90, -0.9, 0.9", "90, 0.999, 0.1"})
  void holdsThePole(double pole, double dx, double dy) {
    for (boolean clockwise : new boolean[] {true, false}) {
      Footprint footprint = Footprint.of(square(pole, dx, dy, clockwise));
      assertEquals(1, footprint.polygons().size());
      Polygon outline = footprint.polygons().get(0);
      assertTrue(outline.isValid(), outline::toString);
      assertTrue(Orientation.isCCW(outline.getCoordinates()));
      assertEquals(-180, footprint.west());
      assertEquals(180, footprint.east());
      assertEquals(pole, pole > 0 ? footprint.north() : footprint.south());
      double far = Math.hypot(1 + Math.abs(dx), 1 + Math.abs(dy));
      assertEquals(
          Math.abs(pole) - far,
          pole > 0 ? footprint.south() : -footprint.north(),
          1e-9,
          "the farthest corner");
      for (int i = 0; i < 720; i++) {
        double angle = Math.toRadians(i / 2.0 + 0.1);
        for (double radius : new double[] {1e-4, 0.5, 1.5, 2.5}) {
          double x = radius * Math.cos(angle);
          double y = radius * Math.sin(angle);
          double inside = Math.max(Math.abs(x - dx), Math.abs(y - dy));
          if (Math.abs(inside - HALF) > 0.01) {
            Coordinate place = place(pole, x, y);
            assertEquals(
                inside < HALF,
                outline.contains(new GeometryFactory().createPoint(place)),
                () -> place + " in " + outline);
          }
        }
      }
    }
  }

  /** What an image's four corners say, in either direction around the pole. */
  @Test
  void holdsThePoleByItsCorners() {
    double[] ring = {-90, 89.9, 0, 89.8, 90, 89.9, -180, 89.9, -90, 89.9};
    Polygon outline = Footprint.of(ring).polygons().get(0);
    assertTrue(outline.isValid(), outline::toString);
    for (double longitude : new double[] {-179, -91, 0, 91, 179}) {
      assertTrue(
          outline.contains(new GeometryFactory().createPoint(new Coordinate(longitude, 89.95))));
    }
    assertEquals(89.8, outline.getEnvelopeInternal().getMinY());
  }

  private static double[] square(double pole, double dx, double dy, boolean clockwise) {
    int perSide = 64;
    double[] ring = new double[2 * (4 * perSide + 1)];
    double[] corners = {-1, -1, 1, -1, 1, 1, -1, 1, -1, -1};
    for (int i = 0; i <= 4 * perSide; i++) {
      int k = clockwise ? 4 * perSide - i : i;
      int side = Math.min(k / perSide, 3);
      double part = (double) (k - side * perSide) / perSide;
      double x = corners[2 * side] * (1 - part) + corners[2 * side + 2] * part;
      double y = corners[2 * side + 1] * (1 - part) + corners[2 * side + 3] * part;
      Coordinate place = place(pole, dx + x, dy + y);
      ring[2 * i] = place.x;
      ring[2 * i + 1] = place.y;
    }
    return ring;
  }

  private static Coordinate place(double pole, double x, double y) {
    double latitude = Math.abs(pole) - Math.hypot(x, y);
    return new Coordinate(Math.toDegrees(Math.atan2(x, y)), Math.copySign(latitude, pole));
  }
}
