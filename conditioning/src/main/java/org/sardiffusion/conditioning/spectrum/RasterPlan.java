package org.sardiffusion.conditioning.spectrum;

/**
 * The plan of both axes of an image.
 *
 * @param x along a row
 * @param y along a column
 */
public record RasterPlan(AxisPlan x, AxisPlan y) {
  /** Columns of the output. */
  public int width() {
    return x.outputLength();
  }

  /** Rows of the output. */
  public int height() {
    return y.outputLength();
  }
}
