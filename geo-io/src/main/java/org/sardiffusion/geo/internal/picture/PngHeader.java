package org.sardiffusion.geo.internal.picture;

/**
 * How a PNG stores its pixels.
 *
 * @param width columns
 * @param height rows
 * @param bits of one sample: 8 or 16
 * @param channels 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha
 */
record PngHeader(int width, int height, int bits, int channels) {
  int bytesPerPixel() {
    return channels * bits / 8;
  }

  long bytesPerRow() {
    return (long) width * bytesPerPixel();
  }

  boolean isColour() {
    return channels >= 3;
  }
}
