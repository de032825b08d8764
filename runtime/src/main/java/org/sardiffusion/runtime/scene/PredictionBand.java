package org.sardiffusion.runtime.scene;

import java.util.Arrays;
import org.sardiffusion.core.raster.Window;

/**
 * The weighted sums of predictions in the rows that tiles are still added to: as high as a tile, as
 * wide as what is held.
 *
 * <p>Sums are kept in double, as in the tiled prediction of images in memory.
 */
final class PredictionBand {
  private final int channels;
  private final int height;
  private final Window held;
  private final double[][] sums;

  /**
   * @param height rows of a tile
   */
  PredictionBand(int channels, int height, Window held) {
    this.channels = channels;
    this.height = height;
    this.held = held;
    this.sums = new double[channels][Math.multiplyExact(height, held.width())];
  }

  /**
   * Adds a prediction of the tile that begins in the first row.
   *
   * @param x its left column in the scene
   * @param vertical the tile's weights along its rows
   * @param horizontal along its columns
   * @param share the prompt's part in the tile, [height, width]
   * @param prediction [channels, height, width]
   */
  void add(int x, double[] vertical, double[] horizontal, float[] share, float[] prediction) {
    int width = horizontal.length;
    int plane = height * width;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int i = row * width + column;
        // Rounded as the weights of images in memory are, which are kept in float.
        double weight = (double) (float) (horizontal[column] * vertical[row]) * share[i];
        int at = row * held.width() + x - held.x() + column;
        for (int c = 0; c < channels; c++) {
          sums[c][at] += weight * prediction[c * plane + i];
        }
      }
    }
  }

  /** Takes the first rows out; those below move up. */
  float[] take(int rows) {
    int length = rows * held.width();
    float[] values = new float[channels * length];
    for (int c = 0; c < channels; c++) {
      double[] sum = sums[c];
      for (int i = 0; i < length; i++) {
        values[c * length + i] = (float) sum[i];
      }
      System.arraycopy(sum, length, sum, 0, sum.length - length);
      Arrays.fill(sum, sum.length - length, sum.length, 0);
    }
    return values;
  }

  /** Begins anew. */
  void clear() {
    for (double[] sum : sums) {
      Arrays.fill(sum, 0);
    }
  }

  /** The sums of the first rows, [channels, rows, width]. */
  double[] rest(int rows) {
    int length = rows * held.width();
    double[] rest = new double[channels * length];
    for (int c = 0; c < channels; c++) {
      System.arraycopy(sums[c], 0, rest, c * length, length);
    }
    return rest;
  }

  /** Takes back what {@link #rest} gave. */
  void restore(double[] rest) {
    int length = rest.length / channels;
    for (int c = 0; c < channels; c++) {
      System.arraycopy(rest, c * length, sums[c], 0, length);
    }
  }
}
