package org.sardiffusion.conditioning;

/**
 * A complex image that is read in strips of rows, so that it may be larger than memory.
 *
 * <p>Readers ask from the top to the bottom, each row once per pass, from one thread at a time;
 * some make several passes.
 */
public interface ComplexSource {
  /** Columns, at least 1. */
  int width();

  /** Rows, at least 1. */
  int height();

  /**
   * Reads whole rows.
   *
   * @param firstRow the first row, counted from 0 at the top
   * @param rows how many rows
   * @param into receives, from index 0, row by row, real and imaginary part of every pixel in turn,
   *     {@code 2 * rows * width()} values
   */
  void readRows(int firstRow, int rows, float[] into);
}
