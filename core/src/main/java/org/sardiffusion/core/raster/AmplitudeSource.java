package org.sardiffusion.core.raster;

/**
 * An amplitude image that is read in strips of rows, so that it may be larger than memory.
 *
 * <p>Readers ask from the top to the bottom, each row once per pass, from one thread at a time;
 * some make several passes.
 */
public interface AmplitudeSource {
  /** Columns, at least 1. */
  int width();

  /** Rows, at least 1. */
  int height();

  /**
   * Reads whole rows.
   *
   * @param firstRow the first row, counted from 0 at the top
   * @param rows how many rows
   * @param into receives, from index 0, row by row, one amplitude for every pixel, {@code rows *
   *     width()} values; NaN marks a pixel without data
   */
  void readRows(int firstRow, int rows, float[] into);
}
