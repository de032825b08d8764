package org.sardiffusion.pipelines.scene;

import org.sardiffusion.core.raster.AmplitudeRaster;

/**
 * A small image of a large one whose rows come one after the other: means of square blocks of
 * pixels.
 */
final class ScenePreview {
  /** Longest side, pixels. */
  static final int LONGEST = 2048;

  private final int width;
  private final int height;
  private final int block;
  private final int columns;
  private final double[] sums;
  private final float[] means;
  private int row;

  ScenePreview(int width, int height) {
    this.width = width;
    this.height = height;
    this.block = (Math.max(width, height) - 1) / LONGEST + 1;
    this.columns = (width - 1) / block + 1;
    this.sums = new double[columns];
    this.means = new float[columns * ((height - 1) / block + 1)];
  }

  /** Takes the next rows, from index 0. */
  void add(int rows, float[] amplitudes) {
    for (int i = 0; i < rows; i++) {
      for (int x = 0; x < width; x++) {
        sums[x / block] += amplitudes[i * width + x];
      }
      row++;
      if (row % block == 0 || row == height) {
        finish();
      }
    }
  }

  private void finish() {
    int line = (row - 1) / block;
    int blockRows = row - line * block;
    for (int column = 0; column < columns; column++) {
      int blockColumns = Math.min(block, width - column * block);
      double mean = sums[column] / ((double) blockRows * blockColumns);
      means[line * columns + column] = (float) Math.min(1, mean);
      sums[column] = 0;
    }
  }

  AmplitudeRaster image() {
    return new AmplitudeRaster(columns, means.length / columns, means);
  }
}
