package org.sardiffusion.evaluation.plot;

import java.util.List;

/** What a drawing consists of; coordinates in pixels, y down, colours as {@code #rrggbb}. */
sealed interface Shape {
  /** A point. */
  record Point(double x, double y) {}

  /** A stroke through points. */
  record Stroke(List<Point> points, String colour, double width) implements Shape {}

  /** A filled polygon, with an opacity in [0,1]. */
  record Area(List<Point> points, String colour, double opacity) implements Shape {}

  /** A filled disc. */
  record Disc(Point centre, double radius, String colour) implements Shape {}

  /** Text on a baseline that begins, centres or ends at a point. */
  record Text(Point at, String text, Anchor anchor, double size, String colour) implements Shape {}

  /** Where a text lies beside its point. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }
}
