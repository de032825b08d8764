package org.sardiffusion.conditioning;

/** Where a complex image goes, in strips of rows from the top to the bottom, from one thread. */
@FunctionalInterface
public interface ComplexSink {
  /**
   * Takes whole rows.
   *
   * @param firstRow the first row, counted from 0 at the top
   * @param rows how many rows
   * @param samples row by row from index 0, real and imaginary part of every pixel in turn, {@code
   *     2 * rows * width()} values; valid during the call only
   */
  void writeRows(int firstRow, int rows, float[] samples);
}
