package org.sardiffusion.geo.raster;

/**
 * The distance between the centres of neighbouring pixels.
 *
 * @param columns from one column to the next, metres
 * @param rows from one row to the next, metres
 */
public record Spacing(double columns, double rows) {
  /**
   * @throws IllegalArgumentException if one is not a finite number above 0
   */
  public Spacing {
    if (!(columns > 0) || !(rows > 0) || Double.isInfinite(columns) || Double.isInfinite(rows)) {
      throw new IllegalArgumentException(
          "A spacing is two numbers of metres above 0, not " + columns + " and " + rows);
    }
  }

  /** The same along both axes. */
  public static Spacing square(double metres) {
    return new Spacing(metres, metres);
  }

  @Override
  public String toString() {
    return columns == rows
        ? columns + " m"
        : columns + " m between columns, " + rows + " m between rows";
  }
}
