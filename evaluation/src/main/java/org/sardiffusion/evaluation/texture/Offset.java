package org.sardiffusion.evaluation.texture;

/**
 * From a pixel to the one it is paired with.
 *
 * @param dx columns to the right
 * @param dy rows down
 */
public record Offset(int dx, int dy) {
  /**
   * The offset of a distance and an angle as scikit-image takes them: {@code (round(d cos), round(d
   * sin))}, halves to even.
   */
  static Offset of(int distance, double degrees) {
    double radians = Math.toRadians(degrees);
    return new Offset(
        (int) Math.rint(distance * Math.cos(radians)),
        (int) Math.rint(distance * Math.sin(radians)));
  }
}
