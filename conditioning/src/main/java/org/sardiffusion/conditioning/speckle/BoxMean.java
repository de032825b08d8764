package org.sardiffusion.conditioning.speckle;

/**
 * The mean over a box around every pixel, the image mirrored in its border (edge pixel repeated),
 * as {@code scipy.ndimage.uniform_filter(mode="reflect")} has it.
 */
final class BoxMean {
  private BoxMean() {}

  /**
   * @param values row by row
   * @param boxX columns of the box; an even box reaches one pixel farther to the left
   * @param boxY rows of the box; an even box reaches one pixel farther up
   */
  static double[] of(double[] values, int width, int boxX, int boxY) {
    int height = values.length / width;
    double[] rows = new double[values.length];
    for (int y = 0; y < height; y++) {
      line(values, y * width, 1, width, boxX, rows);
    }
    double[] both = new double[values.length];
    for (int x = 0; x < width; x++) {
      line(rows, x, width, height, boxY, both);
    }
    return both;
  }

  private static void line(double[] from, int at, int step, int n, int box, double[] to) {
    // A running sum, in double: its rounding stays far under that of the float samples.
    double sum = 0;
    int before = box / 2;
    for (int k = -before; k < box - before; k++) {
      sum += from[at + step * mirrored(k, n)];
    }
    for (int i = 0; i < n; i++) {
      to[at + step * i] = sum / box;
      sum += from[at + step * mirrored(i + box - before, n)];
      sum -= from[at + step * mirrored(i - before, n)];
    }
  }

  /**
   * As {@link #of}, over a square box, in place of the values: rounded to float once between rows
   * and columns.
   *
   * @param values row by row
   */
  static void inPlace(float[] values, int width, int box) {
    int height = values.length / width;
    double[] from = new double[Math.max(width, height)];
    for (int y = 0; y < height; y++) {
      line(values, y * width, 1, width, box, from);
    }
    for (int x = 0; x < width; x++) {
      line(values, x, width, height, box, from);
    }
  }

  private static void line(float[] values, int at, int step, int n, int box, double[] from) {
    for (int i = 0; i < n; i++) {
      from[i] = values[at + step * i];
    }
    double sum = 0;
    int before = box / 2;
    for (int k = -before; k < box - before; k++) {
      sum += from[mirrored(k, n)];
    }
    for (int i = 0; i < n; i++) {
      values[at + step * i] = (float) (sum / box);
      sum += from[mirrored(i + box - before, n)];
      sum -= from[mirrored(i - before, n)];
    }
  }

  private static int mirrored(int index, int n) {
    int i = Math.floorMod(index, 2 * n);
    return i < n ? i : 2 * n - 1 - i;
  }
}
