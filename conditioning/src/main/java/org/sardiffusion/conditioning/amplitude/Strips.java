package org.sardiffusion.conditioning.amplitude;

import org.sardiffusion.core.raster.AmplitudeSource;

/** One pass over an image, in strips of rows. */
final class Strips {
  /** Takes the first {@code count} floats of a strip. */
  interface Visitor {
    void visit(float[] strip, int count);
  }

  private Strips() {}

  static void forEach(AmplitudeSource image, int rowsAtOnce, Visitor visitor) {
    int rowsOfStrip = Math.min(rowsAtOnce, image.height());
    float[] strip = new float[rowsOfStrip * image.width()];
    for (int first = 0; first < image.height(); first += rowsOfStrip) {
      int rows = Math.min(rowsOfStrip, image.height() - first);
      image.readRows(first, rows, strip);
      visitor.visit(strip, rows * image.width());
    }
  }
}
