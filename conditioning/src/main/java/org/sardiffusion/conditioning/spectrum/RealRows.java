package org.sardiffusion.conditioning.spectrum;

import org.sardiffusion.conditioning.fourier.Lanes;

/**
 * Real rows, two of them the real and the imaginary part of a complex one: the columns are the kept
 * bins of the frequencies that are not negative.
 *
 * <p>The spectra A and B of two real rows are Hermitian, {@code A[-k] = conj(A[k])}. Of the
 * transform Z of their complex row, {@code A[k] = (Z[k] + conj(Z[-k])) / 2} and {@code B[k] = (Z[k]
 * - conj(Z[-k])) / 2i}; back again, {@code Z[k] = A[k] + i B[k]} (Press et al., "Numerical
 * Recipes", section 12.3).
 */
record RealRows(AxisKernel kernel) implements RowForm {
  @Override
  public int rows() {
    return 2 * Lanes.COUNT;
  }

  @Override
  public int columns() {
    return kernel.bins() / 2 + 1;
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
    new RowLanes(width, 1, width).load(strip, kernel::input, x);
    kernel.analyse(x);
    return RowLanes.finite(x[0]);
  }

  @Override
  public void toTile(Strip strip, float[][] x, int block, float[] tile) {
    int first = block * Lanes.COUNT;
    for (int c = 0; c < Math.min(Lanes.COUNT, columns() - first); c++) {
      int k = first + c;
      float[] plus = x[kernel.analysed(k)];
      float[] minus = x[kernel.analysed(mirrored(k))];
      float half = kernel.weight(k) / 2;
      for (int pair = 0; pair < Lanes.COUNT; pair++) {
        float pr = half * plus[pair];
        float pi = half * plus[pair + Lanes.COUNT];
        float mr = half * minus[pair];
        float mi = half * minus[pair + Lanes.COUNT];
        int even = 2 * pair * Lanes.FLOATS + c;
        tile[even] = pr + mr;
        tile[even + Lanes.COUNT] = pi - mi;
        tile[even + Lanes.FLOATS] = pi + mi;
        tile[even + Lanes.FLOATS + Lanes.COUNT] = mr - pr;
      }
    }
  }

  @Override
  public void fromTile(float[] tile, int block, float[][] y, Strip strip) {
    int first = block * Lanes.COUNT;
    for (int c = 0; c < Math.min(Lanes.COUNT, columns() - first); c++) {
      int k = first + c;
      float[] plus = y[kernel.synthesised(k)];
      float[] minus = y[kernel.synthesised(mirrored(k))];
      for (int pair = 0; pair < Lanes.COUNT; pair++) {
        int even = 2 * pair * Lanes.FLOATS + c;
        float ar = tile[even];
        float ai = tile[even + Lanes.COUNT];
        float br = tile[even + Lanes.FLOATS];
        float bi = tile[even + Lanes.FLOATS + Lanes.COUNT];
        // Frequencies that are their own mirror image keep what is written last: they are real.
        minus[pair] = ar + bi;
        minus[pair + Lanes.COUNT] = br - ai;
        plus[pair] = ar - bi;
        plus[pair + Lanes.COUNT] = br + ai;
      }
    }
  }

  @Override
  public void synthesise(float[][] y, Strip strip) {
    int width = kernel.plan().outputLength();
    kernel.synthesise(y);
    new RowLanes(width, 1, width).store(y, kernel::output, strip);
  }

  private int mirrored(int bin) {
    return bin == 0 ? 0 : kernel.bins() - bin;
  }
}
