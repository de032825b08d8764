package org.sardiffusion.evaluation.segmentation;

/**
 * Brings the decoder's small masks to the size of the image: bilinear to the model's square, its
 * padding cut off, bilinear to the image ({@code Sam.postprocess_masks}). Both interpolations and
 * the cut work on rows and columns alike, so each axis has one set of weights for all three.
 */
final class MaskScaling {
  /** For each pixel of the image along an axis, what it takes of which pixels of a small mask. */
  private record Axis(int[][] sources, float[][] weights) {
    /**
     * @param small side of the small mask
     * @param square side of the model's image
     * @param filled the part of that side that the image fills
     * @param size of the image
     */
    static Axis of(int small, int square, int filled, int size) {
      int[][] sources = new int[size][];
      float[][] weights = new float[size][];
      for (int i = 0; i < size; i++) {
        Pair outer = Pair.of(i, filled, size);
        Pair low = Pair.of(outer.first, small, square);
        Pair high = Pair.of(outer.second, small, square);
        float share = outer.share;
        sources[i] = new int[] {low.first, low.second, high.first, high.second};
        weights[i] =
            new float[] {
              (1 - share) * (1 - low.share),
              (1 - share) * low.share,
              share * (1 - high.share),
              share * high.share
            };
      }
      return new Axis(sources, weights);
    }
  }

  /** The two neighbours that torch interpolates between (align_corners false). */
  private record Pair(int first, int second, float share) {
    static Pair of(int output, int from, int to) {
      float scale = (float) from / to;
      float place = Math.max(0, (output + 0.5f) * scale - 0.5f);
      int first = Math.min((int) place, from - 1);
      return new Pair(first, Math.min(first + 1, from - 1), place - first);
    }
  }

  private final int small;
  private final int width;
  private final int height;
  private final Axis across;
  private final Axis down;
  private final float[] narrow;
  private final float[] result;

  /**
   * @param small side of the small masks
   * @param frame where the image lies in the model's square
   */
  MaskScaling(int small, SamFrame frame) {
    this.small = small;
    this.width = frame.width();
    this.height = frame.height();
    this.across = Axis.of(small, frame.square(), frame.filledWidth(), width);
    this.down = Axis.of(small, frame.square(), frame.filledHeight(), height);
    this.narrow = new float[small * width];
    this.result = new float[width * height];
  }

  /**
   * Scales a mask.
   *
   * @param masks small masks, one after the other
   * @param offset where the mask begins
   * @return row by row; overwritten by the next call
   */
  float[] of(float[] masks, int offset) {
    for (int y = 0; y < small; y++) {
      int row = offset + y * small;
      for (int x = 0; x < width; x++) {
        int[] s = across.sources[x];
        float[] w = across.weights[x];
        narrow[y * width + x] =
            w[0] * masks[row + s[0]]
                + w[1] * masks[row + s[1]]
                + w[2] * masks[row + s[2]]
                + w[3] * masks[row + s[3]];
      }
    }
    for (int y = 0; y < height; y++) {
      int[] s = down.sources[y];
      float[] w = down.weights[y];
      for (int x = 0; x < width; x++) {
        result[y * width + x] =
            w[0] * narrow[s[0] * width + x]
                + w[1] * narrow[s[1] * width + x]
                + w[2] * narrow[s[2] * width + x]
                + w[3] * narrow[s[3] * width + x];
      }
    }
    return result;
  }
}
