package org.sardiffusion.runtime.internal.tiling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.sardiffusion.core.raster.Window;

class TileOffsetsTest {
  private static final int FACTOR = 2;

  /**
   * Tiles of one true brightness that are off by constants agree wherever their corners meet, on
   * the mean of those that meet there.
   */
  @Property(tries = 50)
  void tilesAgreeWhereTheirCornersMeet(
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll @IntRange(min = 1, max = 5) int columns,
      @ForAll long seed) {
    int side = 40;
    VaeTiling tiling = VaeTiling.of(rows * side, columns * side, side / 2);
    TileRange all =
        tiling.touching(new Window(0, 0, tiling.columns().length(), tiling.rows().length()));
    Random random = new Random(seed);
    double[][] errors = new double[all.rows()][all.columns()];
    TileOffsets offsets = new TileOffsets(tiling, all);
    for (int row = 0; row < all.rows(); row++) {
      for (int column = 0; column < all.columns(); column++) {
        errors[row][column] = random.nextInt(256) / 1024f;
        Planes pixels = Planes.of(tiling.context(row, column).times(FACTOR), 1);
        Arrays.fill(pixels.values(), (float) errors[row][column]);
        offsets.measure(row, column, pixels, FACTOR);
      }
    }
    for (int row = 0; row < all.rows(); row++) {
      for (int column = 0; column < all.columns(); column++) {
        double[] added = offsets.of(row, column);
        for (int corner = 0; corner < 4; corner++) {
          double mean = meanAround(errors, row + corner / 2, column + corner % 2);
          assertEquals(mean, errors[row][column] + added[corner], 1e-9);
        }
      }
    }
  }

  private static double meanAround(double[][] errors, int cornerRow, int cornerColumn) {
    double sum = 0;
    int count = 0;
    for (int row = cornerRow - 1; row <= cornerRow; row++) {
      for (int column = cornerColumn - 1; column <= cornerColumn; column++) {
        if (row >= 0 && row < errors.length && column >= 0 && column < errors[0].length) {
          sum += errors[row][column];
          count++;
        }
      }
    }
    return sum / count;
  }
}
