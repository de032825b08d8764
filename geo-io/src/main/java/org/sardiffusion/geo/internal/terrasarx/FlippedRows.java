package org.sardiffusion.geo.internal.terrasarx;

import java.io.IOException;
import org.sardiffusion.geo.raster.RowSource;

/**
 * The rows of an image turned upside down, mirrored, or both.
 *
 * @param source the image as it is stored
 * @param flip what to turn around
 */
record FlippedRows(RowSource source, Flip flip) implements RowSource {
  /**
   * What is turned around.
   *
   * @param rows the last row comes first
   * @param columns the last column comes first
   */
  record Flip(boolean rows, boolean columns) {
    static final Flip NONE = new Flip(false, false);

    boolean isNone() {
      return !rows && !columns;
    }

    /** Both, one after the other. */
    Flip then(Flip other) {
      return new Flip(rows ^ other.rows, columns ^ other.columns);
    }
  }

  static RowSource of(RowSource source, Flip flip) {
    return flip.isNone() ? source : new FlippedRows(source, flip);
  }

  @Override
  public int width() {
    return source.width();
  }

  @Override
  public int height() {
    return source.height();
  }

  @Override
  public int valuesPerPixel() {
    return source.valuesPerPixel();
  }

  @Override
  public void read(int firstRow, int rows, float[] into) throws IOException {
    source.read(flip.rows ? height() - firstRow - rows : firstRow, rows, into);
    int perRow = width() * valuesPerPixel();
    if (flip.rows) {
      for (int top = 0, bottom = rows - 1; top < bottom; top++, bottom--) {
        for (int i = 0; i < perRow; i++) {
          swap(into, top * perRow + i, bottom * perRow + i);
        }
      }
    }
    if (flip.columns) {
      for (int row = 0; row < rows; row++) {
        mirror(into, row * perRow);
      }
    }
  }

  private void mirror(float[] into, int start) {
    int values = valuesPerPixel();
    for (int left = 0, right = width() - 1; left < right; left++, right--) {
      for (int v = 0; v < values; v++) {
        swap(into, start + left * values + v, start + right * values + v);
      }
    }
  }

  private static void swap(float[] values, int a, int b) {
    float kept = values[a];
    values[a] = values[b];
    values[b] = kept;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
