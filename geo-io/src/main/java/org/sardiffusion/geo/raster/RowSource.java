package org.sardiffusion.geo.raster;

import java.io.Closeable;
import java.io.IOException;

/** Decodes rows of one file: the numbers as they are stored, whatever they mean. */
public interface RowSource extends Closeable {
  /** Columns, at least 1. */
  int width();

  /** Rows, at least 1. */
  int height();

  /** 1 for real numbers, 2 for real and imaginary part. */
  int valuesPerPixel();

  /**
   * Reads rows.
   *
   * @param firstRow the first row, from 0; the caller has checked that it exists
   * @param rows how many; checked likewise
   * @param into receives {@code rows * width() * valuesPerPixel()} numbers from index 0
   * @throws java.io.EOFException if the file ends before these rows do
   * @throws IOException if they cannot be read or decoded; the message says why, without a full
   *     stop
   */
  void read(int firstRow, int rows, float[] into) throws IOException;
}
