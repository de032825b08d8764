package org.sardiffusion.pipelines.internal.map;

/**
 * A raised cosine over a width B, integrated over cells: {@code k(t) = (1 + cos(2 pi t / B)) / B}
 * for {@code |t| <= B/2}, and tap i is the integral of k from i - 1/2 to i + 1/2. The taps sum to
 * 1; a width of 0 leaves the map as it is.
 *
 * <p>Convolved with a straight border at 0, it rises as {@code 1/2 + t/B + sin(2 pi t / B) / (2
 * pi)}: from 0 to 1 over the width B, twice continuously differentiable.
 */
final class BlendingKernel {
  private final double[] taps;

  private BlendingKernel(double[] taps) {
    this.taps = taps;
  }

  /**
   * @param width B, in cells, at least 0
   */
  static BlendingKernel ofWidth(double width) {
    int radius = (int) Math.ceil(width / 2 - 0.5);
    double[] taps = new double[2 * Math.max(0, radius) + 1];
    for (int i = 0; i < taps.length; i++) {
      double centre = i - taps.length / 2;
      taps[i] = rise(centre + 0.5, width) - rise(centre - 0.5, width);
    }
    return new BlendingKernel(taps);
  }

  /** The integral of k up to a position. */
  private static double rise(double t, double width) {
    if (Math.abs(t) >= width / 2) {
      return t < 0 ? 0 : 1;
    }
    return 0.5 + t / width + Math.sin(2 * Math.PI * t / width) / (2 * Math.PI);
  }

  /** How many cells to either side have a weight. */
  int radius() {
    return taps.length / 2;
  }

  double tap(int index) {
    return taps[index];
  }

  int length() {
    return taps.length;
  }
}
