package org.sardiffusion.runtime.tiling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.RasterException;
import org.sardiffusion.runtime.Npy;

class AxisTilingTest {
  record Request(int length, int tile, int overlap) {
    AxisTiling tiling() {
      return AxisTiling.even(length, tile, overlap);
    }
  }

  @Provide
  Arbitrary<Request> requests() {
    return Arbitraries.integers()
        .between(1, 40)
        .flatMap(
            tile ->
                Combinators.combine(
                        Arbitraries.integers().between(1, 150),
                        Arbitraries.integers().between(0, tile - 1))
                    .as((length, overlap) -> new Request(length, tile, overlap)));
  }

  /** That they cover the axis and their weights sum to 1 is what the constructor checks. */
  @Property(tries = 300)
  void tilesAreOfOneLengthOverlapEnoughAndWeighSomethingEverywhere(
      @ForAll("requests") Request request) {
    AxisTiling tiling = request.tiling();
    assertEquals(Math.min(request.tile, request.length), tiling.tile());
    assertEquals(0, tiling.start(0));
    assertEquals(request.length, tiling.end(tiling.count() - 1));
    for (int t = 1; t < tiling.count(); t++) {
      assertTrue(tiling.end(t - 1) - tiling.start(t) >= request.overlap);
    }
    for (double[] weights : tiling.weights()) {
      for (double weight : weights) {
        assertTrue(weight > 0 && weight <= 1 + 1e-12);
      }
    }
    assertEquals(tiling.starts(), request.tiling().starts());
  }

  @Test
  void gaussianEqualsMixtureOfDiffusers() throws IOException {
    float[] expected =
        Npy.read(
            Path.of(
                "src/test/resources/org/sardiffusion/runtime/tiling/gaussian_weights_16x12.npy"));
    for (int i = 0; i < expected.length; i++) {
      double weight = AxisTiling.gaussian(i % 16, 16) * AxisTiling.gaussian(i / 16, 12);
      assertEquals(expected[i], weight, 1e-6 * expected[i]);
    }
  }

  @Test
  void theStripOfTheDesignHas360Tiles() {
    TileLayout layout = TileLayout.even(40_000, 7_000, 1024, 128);
    assertEquals(45 * 8, layout.count());
    assertEquals(38_976, layout.columns().start(44));
    assertEquals(5_976, layout.rows().start(7));
  }

  @Test
  void impossibleTilesAreRefused() {
    for (List<Integer> of : List.of(List.of(10, 4, 4), List.of(0, 4, 1), List.of(10, 4, -1))) {
      assertThrows(RasterException.class, () -> AxisTiling.even(of.get(0), of.get(1), of.get(2)));
    }
  }
}
