package org.sardiffusion.conditioning.spectrum;

import org.sardiffusion.conditioning.fourier.Lanes;

/** Complex rows: the columns are the bins that are kept. */
record ComplexRows(AxisKernel kernel) implements RowForm {
  @Override
  public int rows() {
    return Lanes.COUNT;
  }

  @Override
  public int columns() {
    return kernel.bins();
  }

  @Override
  public int analysisVectors() {
    return kernel.analysisVectors();
  }

  @Override
  public int synthesisVectors() {
    return kernel.synthesisVectors();
  }

  @Override
  public boolean analyse(Strip strip, float[][] x) {
    int width = kernel.plan().inputLength();
    new RowLanes(width, 2, 1).load(strip, kernel::input, x);
    kernel.analyse(x);
    return RowLanes.finite(x[0]);
  }

  @Override
  public void toTile(Strip strip, float[][] x, int block, float[] tile) {
    int first = block * Lanes.COUNT;
    for (int c = 0; c < Math.min(Lanes.COUNT, columns() - first); c++) {
      float[] bin = x[kernel.analysed(first + c)];
      float weight = kernel.weight(first + c);
      for (int row = 0; row < Lanes.COUNT; row++) {
        tile[row * Lanes.FLOATS + c] = weight * bin[row];
        tile[row * Lanes.FLOATS + Lanes.COUNT + c] = weight * bin[row + Lanes.COUNT];
      }
    }
  }

  @Override
  public void fromTile(float[] tile, int block, float[][] y, Strip strip) {
    int first = block * Lanes.COUNT;
    for (int c = 0; c < Math.min(Lanes.COUNT, columns() - first); c++) {
      float[] bin = y[kernel.synthesised(first + c)];
      for (int row = 0; row < Lanes.COUNT; row++) {
        bin[row] = tile[row * Lanes.FLOATS + c];
        bin[row + Lanes.COUNT] = tile[row * Lanes.FLOATS + Lanes.COUNT + c];
      }
    }
  }

  @Override
  public void synthesise(float[][] y, Strip strip) {
    int width = kernel.plan().outputLength();
    kernel.synthesise(y);
    new RowLanes(width, 2, 1).store(y, kernel::output, strip);
  }
}
