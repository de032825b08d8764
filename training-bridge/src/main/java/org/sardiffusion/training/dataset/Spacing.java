package org.sardiffusion.training.dataset;

/**
 * The distance between neighbouring pixels.
 *
 * @param columns from one column to the next, metres, positive
 * @param rows from one row to the next, metres, positive
 */
public record Spacing(double columns, double rows) {
  /**
   * @throws DatasetException if a spacing is not a positive number
   */
  public Spacing {
    if (!(columns > 0 && rows > 0 && columns <= Double.MAX_VALUE && rows <= Double.MAX_VALUE)) {
      throw new DatasetException(
          "A pixel spacing is a positive number of metres, not " + columns + " x " + rows + ".");
    }
  }

  /** The same along both axes. */
  public static Spacing square(double metres) {
    return new Spacing(metres, metres);
  }
}
