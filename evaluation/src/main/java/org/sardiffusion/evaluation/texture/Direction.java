package org.sardiffusion.evaluation.texture;

import java.util.List;

/**
 * The pairs that one co-occurrence matrix counts.
 *
 * @param distance pixels
 * @param angle what reports call the angle: degrees, or "all"
 * @param offsets of the pairs; more than one are pooled
 */
public record Direction(int distance, String angle, List<Offset> offsets) {
  /**
   * @throws IllegalArgumentException if there is no offset, or the distance is not positive
   */
  public Direction {
    offsets = List.copyOf(offsets);
    if (distance < 1 || offsets.isEmpty()) {
      throw new IllegalArgumentException("A direction has a distance of 1 pixel or more");
    }
  }

  /** One distance at one angle. */
  static Direction of(int distance, double degrees) {
    String name =
        degrees == Math.rint(degrees) ? Integer.toString((int) degrees) : Double.toString(degrees);
    return new Direction(distance, name, List.of(Offset.of(distance, degrees)));
  }
}
