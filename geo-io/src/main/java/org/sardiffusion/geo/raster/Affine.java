package org.sardiffusion.geo.raster;

/**
 * An affine map from positions in an image (corner of the upper left pixel is 0,0) to coordinates,
 * its components in GDAL's order.
 *
 * @param originX x of the corner of the image
 * @param xPerColumn change of x from one column to the next
 * @param xPerRow change of x from one row to the next
 * @param originY y of the corner of the image
 * @param yPerColumn change of y from one column to the next
 * @param yPerRow change of y from one row to the next, below 0 where rows run south
 */
public record Affine(
    double originX,
    double xPerColumn,
    double xPerRow,
    double originY,
    double yPerColumn,
    double yPerRow) {
  /**
   * @throws IllegalArgumentException if a component is not finite, or the map has no inverse
   */
  public Affine {
    double determinant = xPerColumn * yPerRow - xPerRow * yPerColumn;
    if (!Double.isFinite(originX) || !Double.isFinite(originY)) {
      throw new IllegalArgumentException("An origin is finite, not " + originX + ", " + originY);
    }
    if (!Double.isFinite(determinant) || determinant == 0) {
      throw new IllegalArgumentException(
          "A step between pixels has a length and a direction, not "
              + xPerColumn
              + ", "
              + xPerRow
              + ", "
              + yPerColumn
              + ", "
              + yPerRow);
    }
  }

  /** The x coordinate of a position. */
  public double x(double column, double row) {
    return originX + column * xPerColumn + row * xPerRow;
  }

  /** The y coordinate of a position. */
  public double y(double column, double row) {
    return originY + column * yPerColumn + row * yPerRow;
  }

  /** The map of an image whose position (0,0) is where this one has (column, row). */
  public Affine from(double column, double row) {
    return new Affine(x(column, row), xPerColumn, xPerRow, y(column, row), yPerColumn, yPerRow);
  }
}
