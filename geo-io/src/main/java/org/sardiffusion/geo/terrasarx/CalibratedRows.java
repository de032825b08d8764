package org.sardiffusion.geo.terrasarx;

import java.io.Closeable;
import java.io.IOException;
import org.sardiffusion.geo.raster.RowSource;

/** Digital numbers of an image in sensor order turned into calibrated amplitudes. */
final class CalibratedRows implements RowSource {
  private static final int PIECE = 64;

  private final RowSource numbers;
  private final double factor;
  private final Correction correction;
  private float[] piece = new float[0];

  /** What is done to the power of each pixel of a row, in units of DN^2. */
  @FunctionalInterface
  interface Correction extends Closeable {
    /** Beta nought: nothing. */
    Correction NONE = (row, power) -> {};

    /**
     * Changes the power of one row.
     *
     * @param row from 0, in sensor order
     * @param power of each column; NaN for no data
     */
    void apply(int row, double[] power) throws IOException;

    @Override
    default void close() throws IOException {
      // Most hold nothing open.
    }
  }

  /**
   * @param numbers in sensor order, real or complex
   * @param factor what power is multiplied by
   * @param correction what is done to it before
   */
  CalibratedRows(RowSource numbers, double factor, Correction correction) {
    this.numbers = numbers;
    this.factor = factor;
    this.correction = correction;
  }

  @Override
  public int width() {
    return numbers.width();
  }

  @Override
  public int height() {
    return numbers.height();
  }

  @Override
  public int valuesPerPixel() {
    return 1;
  }

  @Override
  public void read(int firstRow, int rows, float[] into) throws IOException {
    int perRow = width() * numbers.valuesPerPixel();
    if (piece.length == 0) {
      piece = new float[perRow * Math.min(height(), Math.max(1, PIECE * 1024 / perRow))];
    }
    int batchSize = piece.length / perRow;
    double[] power = new double[width()];
    for (int done = 0; done < rows; done += batchSize) {
      int now = Math.min(batchSize, rows - done);
      numbers.read(firstRow + done, now, piece);
      for (int i = 0; i < now; i++) {
        square(i * perRow, power);
        correction.apply(firstRow + done + i, power);
        for (int column = 0; column < power.length; column++) {
          into[(done + i) * width() + column] = (float) Math.sqrt(factor * power[column]);
        }
      }
    }
  }

  private void square(int start, double[] power) {
    for (int column = 0; column < power.length; column++) {
      if (numbers.valuesPerPixel() == 2) {
        double real = piece[start + 2 * column];
        double imaginary = piece[start + 2 * column + 1];
        power[column] = real * real + imaginary * imaginary;
      } else {
        double number = piece[start + column];
        power[column] = number * number;
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (correction) {
      numbers.close();
    }
  }
}
