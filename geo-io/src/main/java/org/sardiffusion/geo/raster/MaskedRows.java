package org.sardiffusion.geo.raster;

import java.io.IOException;

/**
 * Rows that are NaN where a mask holds 0. Any other number is valid: an alpha channel counts as
 * GDAL counts it, where a half transparent pixel has data.
 *
 * @param pixels the rows
 * @param mask of the same size, one value per pixel
 */
record MaskedRows(RowSource pixels, RowSource mask) implements RowSource {
  @Override
  public int width() {
    return pixels.width();
  }

  @Override
  public int height() {
    return pixels.height();
  }

  @Override
  public int valuesPerPixel() {
    return pixels.valuesPerPixel();
  }

  @Override
  public void read(int firstRow, int rows, float[] into) throws IOException {
    pixels.read(firstRow, rows, into);
    float[] valid = new float[width()];
    for (int row = 0; row < rows; row++) {
      mask.read(firstRow + row, 1, valid);
      for (int column = 0; column < valid.length; column++) {
        if (valid[column] == 0) {
          int at = (row * valid.length + column) * valuesPerPixel();
          for (int value = 0; value < valuesPerPixel(); value++) {
            into[at + value] = Float.NaN;
          }
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      pixels.close();
    } finally {
      mask.close();
    }
  }
}
