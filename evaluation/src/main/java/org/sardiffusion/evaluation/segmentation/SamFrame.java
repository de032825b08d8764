package org.sardiffusion.evaluation.segmentation;

/**
 * Where an image lies in the square that the model sees: scaled to its longest side, in the upper
 * left corner ({@code ResizeLongestSide.get_preprocess_shape}).
 *
 * @param width of the image, pixels
 * @param height of the image, pixels
 * @param square side of what the model sees, pixels
 */
record SamFrame(int width, int height, int square) {
  int filledWidth() {
    return filled(width);
  }

  int filledHeight() {
    return filled(height);
  }

  private int filled(int side) {
    return (int) (side * ((double) square / Math.max(width, height)) + 0.5);
  }

  /** Where a column of the image is for the model. */
  float x(double column) {
    return (float) (column * ((double) filledWidth() / width));
  }

  /** Where a row of the image is for the model. */
  float y(double row) {
    return (float) (row * ((double) filledHeight() / height));
  }
}
