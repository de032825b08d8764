package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.sardiffusion.runtime.diffusion.TileOffsets.Side;

class TileOffsetsTest {

  /** Tiles that are off by constants come back exactly, up to a constant of the whole image. */
  @Property(tries = 100)
  void constantErrorsAreTakenBack(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll long seed) {
    Random random = new Random(seed);
    double[] errors = random.doubles(rows * columns, -0.2, 0.2).toArray();
    TileOffsets levels = new TileOffsets(rows, columns);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (Side side : Side.values()) {
          if (levels.hasNeighbour(row, column, side)) {
            levels.shared(row, column, side, errors[row * columns + column]);
          }
        }
      }
    }
    double mean = Arrays.stream(errors).average().orElseThrow();
    double[] expected = Arrays.stream(errors).map(error -> mean - error).toArray();
    double[] offsets = levels.offsets();
    assertArrayEquals(expected, offsets, 1e-4);
    assertEquals(0, Arrays.stream(offsets).sum(), 1e-9);
  }
}
