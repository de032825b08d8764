package org.sardiffusion.geo.internal.terrasarx;

import java.io.Closeable;
import java.io.IOException;
import org.sardiffusion.geo.raster.RowSource;

/**
 * Digital numbers of an image in sensor order turned into calibrated amplitudes; complex numbers
 * keep their phase.
 */
final class CalibratedRows implements RowSource {
  private final RowSource numbers;
  private final double factor;
  private final Correction correction;

  /** What is done to the power of each pixel of a row, in units of DN^2. */
  @FunctionalInterface
  interface Correction extends Closeable {
    /** Of beta nought: nothing. */
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
    return numbers.valuesPerPixel();
  }

  @Override
  public void read(int firstRow, int rows, float[] into) throws IOException {
    numbers.read(firstRow, rows, into);
    double[] power = new double[width()];
    double[] calibrated = new double[width()];
    for (int row = 0; row < rows; row++) {
      int start = row * width() * valuesPerPixel();
      for (int column = 0; column < power.length; column++) {
        power[column] = power(into, start, column);
      }
      System.arraycopy(power, 0, calibrated, 0, power.length);
      correction.apply(firstRow + row, calibrated);
      for (int column = 0; column < power.length; column++) {
        calibrate(into, start, column, factor * calibrated[column], power[column]);
      }
    }
  }

  private double power(float[] values, int start, int column) {
    if (valuesPerPixel() == 1) {
      double number = values[start + column];
      return number * number;
    }
    double real = values[start + 2 * column];
    double imaginary = values[start + 2 * column + 1];
    return real * real + imaginary * imaginary;
  }

  private void calibrate(float[] values, int start, int column, double to, double from) {
    if (valuesPerPixel() == 1) {
      values[start + column] = (float) Math.sqrt(to);
      return;
    }
    // A power of 0 has no phase, and none is left of it: noise only lowers it further.
    double gain = from == 0 ? 0 : Math.sqrt(to / from);
    values[start + 2 * column] *= (float) gain;
    values[start + 2 * column + 1] *= (float) gain;
  }

  @Override
  public void close() throws IOException {
    try (correction) {
      numbers.close();
    }
  }
}
