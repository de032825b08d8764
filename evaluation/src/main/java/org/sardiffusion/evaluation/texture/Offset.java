package org.sardiffusion.evaluation.texture;

/**
 * From a pixel to the one it is paired with.
 *
 * @param dx columns to the right
 * @param dy rows down
 */
public record Offset(int dx, int dy) {
  /**
   * The offset of a distance and an angle as scikit-image takes them: {@code (floor(d cos + 1/2),
   * floor(d sin + 1/2))} ({@code skimage/feature/_texture.pyx}).
   */
  static Offset of(int distance, double degrees) {
    double radians = Math.toRadians(degrees);
    return new Offset(
        (int) Math.floor(distance * Math.cos(radians) + 0.5),
        (int) Math.floor(distance * Math.sin(radians) + 0.5));
  }
}
