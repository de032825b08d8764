package org.sardiffusion.conditioning.spectrum;

import org.sardiffusion.conditioning.fourier.Lanes;

/**
 * Rows that stay as they are: the columns are complex pixels, or pairs of real ones.
 *
 * @param rowFloats floats of a row
 */
record PlainRows(int rowFloats) implements RowForm {
  @Override
  public int rows() {
    return Lanes.COUNT;
  }

  @Override
  public int columns() {
    return (rowFloats + 1) / 2;
  }

  @Override
  public int analysisVectors() {
    return 0;
  }

  @Override
  public int synthesisVectors() {
    return 0;
  }

  @Override
  public boolean analyse(Strip strip, float[][] x) {
    for (int i = 0; i < rows() * rowFloats; i++) {
      if (!Float.isFinite(strip.floats()[strip.at() + i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void toTile(Strip strip, float[][] x, int block, float[] tile) {
    int first = block * Lanes.FLOATS;
    int floats = Math.min(Lanes.FLOATS, rowFloats - first);
    for (int row = 0; row < rows(); row++) {
      for (int i = 0; i < floats; i++) {
        tile[row * Lanes.FLOATS + column(i)] =
            strip.floats()[strip.at() + row * rowFloats + first + i];
      }
    }
  }

  @Override
  public void fromTile(float[] tile, int block, float[][] y, Strip strip) {
    int first = block * Lanes.FLOATS;
    int floats = Math.min(Lanes.FLOATS, rowFloats - first);
    for (int row = 0; row < rows(); row++) {
      for (int i = 0; i < floats; i++) {
        strip.floats()[strip.at() + row * rowFloats + first + i] =
            tile[row * Lanes.FLOATS + column(i)];
      }
    }
  }

  @Override
  public void synthesise(float[][] y, Strip strip) {
    // The strip is complete already.
  }

  /** Real parts lie in the first half of a vector, imaginary parts in the second. */
  private static int column(int i) {
    return i / 2 + i % 2 * Lanes.COUNT;
  }
}
