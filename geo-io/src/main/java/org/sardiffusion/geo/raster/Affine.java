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

  /**
   * The map of an image with the same corner and other pixels.
   *
   * @param columns its columns for each column of this one
   * @param rows its rows for each row of this one
   */
  public Affine resampled(double columns, double rows) {
    return new Affine(
        originX,
        xPerColumn / columns,
        xPerRow / rows,
        originY,
        yPerColumn / columns,
        yPerRow / rows);
  }

  /** Whether columns run east and rows run south. */
  public boolean isNorthUp() {
    return xPerRow == 0 && yPerColumn == 0 && xPerColumn > 0 && yPerRow < 0;
  }

  /** The column of a point: with {@link #row}, the inverse of this map. */
  public double column(double x, double y) {
    // Not rotated, without the rounding of a determinant.
    return xPerRow == 0
        ? (x - originX) / xPerColumn
        : ((x - originX) * yPerRow - (y - originY) * xPerRow) / determinant();
  }

  /** The row of a point. */
  public double row(double x, double y) {
    return yPerColumn == 0
        ? (y - originY) / yPerRow
        : ((y - originY) * xPerColumn - (x - originX) * yPerColumn) / determinant();
  }

  private double determinant() {
    return xPerColumn * yPerRow - xPerRow * yPerColumn;
  }
}
