package org.sardiffusion.runtime.diffusion;

/** A rectangle of latent pixels. */
record LatentWindow(int top, int left, int height, int width) {
  LatentWindow intersection(LatentWindow other) {
    int newTop = Math.max(top, other.top());
    int newLeft = Math.max(left, other.left());
    return new LatentWindow(
        newTop,
        newLeft,
        Math.min(top + height, other.top() + other.height()) - newTop,
        Math.min(left + width, other.left() + other.width()) - newLeft);
  }

  LatentWindow grow(int margin, int maxHeight, int maxWidth) {
    int newTop = Math.max(0, top - margin);
    int newLeft = Math.max(0, left - margin);
    return new LatentWindow(
        newTop,
        newLeft,
        Math.min(maxHeight, top + height + margin) - newTop,
        Math.min(maxWidth, left + width + margin) - newLeft);
  }

  float[] cut(float[] planes, int fullHeight, int fullWidth) {
    int channels = planes.length / (fullHeight * fullWidth);
    float[] cut = new float[channels * height * width];
    for (int c = 0; c < channels; c++) {
      for (int row = 0; row < height; row++) {
        System.arraycopy(
            planes,
            (c * fullHeight + top + row) * fullWidth + left,
            cut,
            (c * height + row) * width,
            width);
      }
    }
    return cut;
  }

  /** The same rectangle in pixels of the image. */
  LatentWindow scaled(int factor) {
    return new LatentWindow(top * factor, left * factor, height * factor, width * factor);
  }
}
