package org.sardiffusion.pipelines.internal.dataset;

import org.sardiffusion.core.raster.AmplitudeRaster;

/** A small version of an image for the contact sheet. */
public final class Thumbnail {
  /** Sharp on the contact sheet of a phone, small for ten thousand images. */
  static final int SIDE = 128;

  private Thumbnail() {}

  /**
   * The image reduced by a whole factor so that no side is longer than {@link #SIDE}, each pixel
   * the mean of those that it stands for; pixels beyond the last whole one are cut off.
   */
  public static AmplitudeRaster of(AmplitudeRaster image) {
    int factor = (Math.max(image.width(), image.height()) - 1) / SIDE + 1;
    // A strip may be thinner than the factor.
    int width = Math.max(1, image.width() / factor);
    int height = Math.max(1, image.height() / factor);
    float[] small = new float[width * height];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        small[row * width + column] = mean(image, row * factor, column * factor, factor);
      }
    }
    return new AmplitudeRaster(width, height, small);
  }

  private static float mean(AmplitudeRaster image, int top, int left, int factor) {
    int bottom = Math.min(top + factor, image.height());
    int right = Math.min(left + factor, image.width());
    double sum = 0;
    for (int row = top; row < bottom; row++) {
      for (int column = left; column < right; column++) {
        sum += image.samples()[row * image.width() + column];
      }
    }
    return (float) Math.min(1, sum / ((bottom - top) * (right - left)));
  }
}
