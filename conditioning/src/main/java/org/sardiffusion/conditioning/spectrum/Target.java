package org.sardiffusion.conditioning.spectrum;

/** The sampling wanted of a resampled image. */
public sealed interface Target {
  /**
   * Exactly so many pixels.
   *
   * @param width columns, at least 1
   * @param height rows, at least 1
   */
  record Size(int width, int height) implements Target {}

  /**
   * A ratio along each axis.
   *
   * @param x along a row
   * @param y along a column
   */
  record Ratios(Ratio x, Ratio y) implements Target {}

  /** A ratio from the spacings of the pixels, in metres, to the one that is wanted on both axes. */
  static Target spacing(double fromX, double fromY, double to) {
    return new Ratios(Ratio.ofSpacings(fromX, to), Ratio.ofSpacings(fromY, to));
  }
}
