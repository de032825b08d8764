package org.sardiffusion.training.internal.dataset;

/** Which pixels of a source have no data: one bit each, and no memory while all have some. */
public final class NodataMask {
  private final int width;
  private final int wordsPerRow;
  private final int height;
  private long[][] rows;

  public NodataMask(int width, int height) {
    this.width = width;
    this.height = height;
    wordsPerRow = (width + 63) / 64;
  }

  public void mark(int x, int y) {
    if (rows == null) {
      rows = new long[height][];
    }
    if (rows[y] == null) {
      rows[y] = new long[wordsPerRow];
    }
    rows[y][x >> 6] |= 1L << (x & 63);
  }

  /**
   * Whether the source pixel under a position has no data; positions beyond the border count as on
   * it.
   */
  public boolean isNodata(double x, double y) {
    if (rows == null) {
      return false;
    }
    long[] row = rows[(int) Math.max(0, Math.min(height - 1L, Math.round(y)))];
    int column = (int) Math.max(0, Math.min(width - 1L, Math.round(x)));
    return row != null && (row[column >> 6] >>> (column & 63) & 1) != 0;
  }

  public boolean isEmpty() {
    return rows == null;
  }
}
