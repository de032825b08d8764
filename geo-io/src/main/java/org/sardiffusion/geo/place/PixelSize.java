package org.sardiffusion.geo.place;

/** The rule that every pixel size obeys. */
final class PixelSize {
  private PixelSize() {}

  static void check(double size) {
    if (!(size > 0) || Double.isInfinite(size)) {
      throw new PlacementException("A pixel size is a number above 0, not " + size + ".");
    }
  }
}
