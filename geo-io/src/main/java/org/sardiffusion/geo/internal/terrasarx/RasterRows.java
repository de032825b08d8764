package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RowSource;

/** The finished rows of an opened raster, to be worked on further. */
record RasterRows(Raster raster) implements RowSource {
  @Override
  public int width() {
    return raster.width();
  }

  @Override
  public int height() {
    return raster.height();
  }

  @Override
  public int valuesPerPixel() {
    return raster instanceof ComplexRaster ? 2 : 1;
  }

  @Override
  public void read(int firstRow, int rows, float[] into) {
    raster.readRows(firstRow, rows, into);
  }

  @Override
  public void close() {
    raster.close();
  }
}
