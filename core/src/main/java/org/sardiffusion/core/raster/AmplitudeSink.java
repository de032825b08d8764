package org.sardiffusion.core.raster;

/** Where an amplitude image goes, in strips of rows from the top to the bottom, from one thread. */
@FunctionalInterface
public interface AmplitudeSink {
  /**
   * Takes whole rows.
   *
   * @param firstRow the first row, counted from 0 at the top
   * @param rows how many rows
   * @param samples row by row from index 0, one amplitude for every pixel, {@code rows * width()}
   *     values; NaN marks a pixel without data; valid during the call only
   */
  void writeRows(int firstRow, int rows, float[] samples);
}
