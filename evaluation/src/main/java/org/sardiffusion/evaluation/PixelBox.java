package org.sardiffusion.evaluation;

/**
 * A rectangle of pixels; what lies outside an image is ignored.
 *
 * @param xmin first column
 * @param ymin first row
 * @param xmax the column after the last
 * @param ymax the row after the last
 */
public record PixelBox(int xmin, int ymin, int xmax, int ymax) {
  /**
   * @throws IllegalArgumentException if it ends before it begins
   */
  public PixelBox {
    if (xmax < xmin || ymax < ymin) {
      throw new IllegalArgumentException(
          "A box ends before it begins: [" + xmin + ", " + ymin + ", " + xmax + ", " + ymax + "]");
    }
  }
}
