package org.sardiffusion.geo.internal.picture;

/**
 * How a PNG stores its pixels.
 *
 * @param width columns
 * @param height rows
 * @param bits of one sample: 1 (grey only), 8 or 16
 * @param channels 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha
 */
record PngHeader(int width, int height, int bits, int channels) {
  /** At least 1, which is what the filters count with. */
  int bytesPerPixel() {
    return Math.max(1, channels * bits / 8);
  }

  long bytesPerRow() {
    return ((long) width * channels * bits + 7) / 8;
  }

  boolean hasAlpha() {
    return channels == 2 || channels == 4;
  }

  boolean isColour() {
    return channels >= 3;
  }
}
