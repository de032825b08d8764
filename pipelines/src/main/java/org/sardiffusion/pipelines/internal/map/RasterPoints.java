package org.sardiffusion.pipelines.internal.map;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sardiffusion.geo.raster.Raster;

/**
 * Single pixels of a raster of amplitudes, wherever they are, with blocks of rows kept in memory:
 * cheapest from the top to the bottom.
 */
final class RasterPoints {
  private static final int ROWS = 32;
  private static final long KEPT_BYTES = 64L << 20;

  private final Raster raster;
  private final Map<Integer, float[]> blocks;

  RasterPoints(Raster raster) {
    this.raster = raster;
    long most = Math.max(1, KEPT_BYTES / ((long) ROWS * raster.width() * Float.BYTES));
    this.blocks =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, float[]> eldest) {
            return size() > most;
          }
        };
  }

  /** The value of a pixel; NaN if it has no data, or the raster has no such pixel. */
  float at(int column, int row) {
    if (column < 0 || row < 0 || column >= raster.width() || row >= raster.height()) {
      return Float.NaN;
    }
    float[] block = blocks.computeIfAbsent(row / ROWS, this::read);
    return block[row % ROWS * raster.width() + column];
  }

  private float[] read(int block) {
    int first = block * ROWS;
    int rows = Math.min(ROWS, raster.height() - first);
    float[] values = new float[rows * raster.width()];
    raster.readRows(first, rows, values);
    return values;
  }
}
