package org.sardiffusion.geo.files;

import org.sardiffusion.core.raster.AmplitudeSink;
import org.sardiffusion.core.raster.AmplitudeSource;

/** Takes an image from where it is to where it goes, in strips of rows. */
final class Strips {
  /** A strip holds about so many pixels. */
  private static final int PIXELS = 1 << 22;

  private Strips() {}

  static void copy(AmplitudeSource image, AmplitudeSink to) {
    int most = Math.max(1, Math.min(image.height(), PIXELS / image.width()));
    float[] strip = new float[most * image.width()];
    for (int row = 0; row < image.height(); row += most) {
      int count = Math.min(most, image.height() - row);
      image.readRows(row, count, strip);
      to.writeRows(row, count, strip);
    }
  }
}
