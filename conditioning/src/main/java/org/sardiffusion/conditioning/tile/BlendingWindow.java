package org.sardiffusion.conditioning.tile;

/** The weight of a tile along one axis; a tile's weight is the product over both axes. */
public sealed interface BlendingWindow {
  /**
   * The weight of a cell.
   *
   * @param index of the cell in the tile, from 0
   * @param length of the tile
   * @return positive
   */
  double weight(int index, int length);

  /** The weights of a tile, [height, width], row by row. */
  default float[] weights(int width, int height) {
    float[] weights = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        weights[y * width + x] = (float) (weight(x, width) * weight(y, height));
      }
    }
    return weights;
  }

  /**
   * The Gaussian of Mixture of Diffusers (Jimenez, arXiv 2302.02412; diffusers {@code
   * examples/community/mixture_tiling.py}): {@code exp(-(k - (n-1)/2)^2 / (2 v n^2)) / sqrt(2 pi
   * v)}. The vertical midpoint is (n-1)/2 here too, where upstream has n/2, so that a tile weighs
   * the same from above and from below.
   *
   * @param variance v, in units of the squared length of the tile; upstream 0.01
   */
  record Gaussian(double variance) implements BlendingWindow {
    /**
     * @throws IllegalArgumentException if the variance is too small for the weights at the border
     *     to be positive, or not a number
     */
    public Gaussian {
      if (!(variance >= 0.001 && variance <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "The variance of Gaussian blending weights is at least 0.001, not " + variance);
      }
    }

    @Override
    public double weight(int index, int length) {
      double d = (index - (length - 1) / 2.0) / length;
      return Math.exp(-d * d / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
    }
  }

  /**
   * A raised cosine over the whole tile, {@code sin^2(pi (k + 1/2) / n)}: two tiles that overlap by
   * half sum to 1.
   */
  record Cosine() implements BlendingWindow {
    @Override
    public double weight(int index, int length) {
      double s = Math.sin(Math.PI * (index + 0.5) / length);
      return s * s;
    }
  }

  /** The Gaussian of Mixture of Diffusers with its own variance. */
  static BlendingWindow mixtureOfDiffusers() {
    return new Gaussian(0.01);
  }
}
