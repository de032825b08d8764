package org.sardiffusion.pipelines.refinement;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * Fills an image up to the size that a model can make, mirrored in its right and lower border.
 *
 * @param innerWidth columns of the image
 * @param innerHeight rows of the image
 * @param width columns of what the model makes
 * @param height rows of what the model makes
 */
record MirrorPadding(int innerWidth, int innerHeight, int width, int height) {
  static MirrorPadding toMultiple(AmplitudeRaster image, int multiple) {
    return new MirrorPadding(
        image.width(),
        image.height(),
        (image.width() + multiple - 1) / multiple * multiple,
        (image.height() + multiple - 1) / multiple * multiple);
  }

  float[] pad(float[] inner) {
    float[] padded = new float[Math.multiplyExact(width, height)];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        padded[y * width + x] =
            inner[mirrored(y, innerHeight) * innerWidth + mirrored(x, innerWidth)];
      }
    }
    return padded;
  }

  private static int mirrored(int index, int length) {
    return index < length ? index : 2 * length - 1 - index;
  }

  float[] crop(float[] padded) {
    float[] inner = new float[innerWidth * innerHeight];
    for (int y = 0; y < innerHeight; y++) {
      System.arraycopy(padded, y * width, inner, y * innerWidth, innerWidth);
    }
    return inner;
  }
}
