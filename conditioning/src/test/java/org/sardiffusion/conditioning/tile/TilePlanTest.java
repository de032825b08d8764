package org.sardiffusion.conditioning.tile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.Golden;

class TilePlanTest {
  record Request(int width, int height, int tile, int overlap) {
    TilePlan plan() {
      return TilePlan.of(width, height, tile, overlap);
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
                        Arbitraries.integers().between(1, 150),
                        Arbitraries.integers().between(0, tile - 1))
                    .as((w, h, overlap) -> new Request(w, h, tile, overlap)));
  }

  @Property(tries = 300)
  void tilesStayInsideAndOverlapEnough(@ForAll("requests") Request request) {
    TilePlan plan = request.plan();
    int tileWidth = Math.min(request.tile, request.width);
    int tileHeight = Math.min(request.tile, request.height);
    Tile before = null;
    for (Tile tile : plan.tiles()) {
      assertEquals(tileWidth, tile.width());
      assertEquals(tileHeight, tile.height());
      assertTrue(tile.x() >= 0 && tile.x() + tile.width() <= request.width);
      assertTrue(tile.y() >= 0 && tile.y() + tile.height() <= request.height);
      if (before != null && before.y() == tile.y()) {
        assertTrue(tile.x() > before.x());
        assertTrue(before.x() + before.width() - tile.x() >= request.overlap);
      } else if (before != null) {
        assertEquals(0, tile.x());
        assertTrue(before.y() + before.height() - tile.y() >= request.overlap);
      }
      before = tile;
    }
    assertEquals(request.width, before.x() + before.width());
    assertEquals(request.height, before.y() + before.height());
    assertEquals(plan, request.plan());
    assertEquals(plan.tiles(), request.plan().tiles());
  }

  @Property(tries = 200)
  void coresCoverEveryPixelOnce(@ForAll("requests") Request request) {
    TilePlan plan = request.plan();
    int[] covered = new int[request.width * request.height];
    for (int i = 0; i < plan.tiles().size(); i++) {
      Tile tile = plan.tiles().get(i);
      Tile core = plan.core(i);
      assertTrue(core.x() >= tile.x() && core.x() + core.width() <= tile.x() + tile.width());
      assertTrue(core.y() >= tile.y() && core.y() + core.height() <= tile.y() + tile.height());
      for (int y = core.y(); y < core.y() + core.height(); y++) {
        for (int x = core.x(); x < core.x() + core.width(); x++) {
          covered[y * request.width + x]++;
        }
      }
    }
    for (int count : covered) {
      assertEquals(1, count);
    }
  }

  @Property(tries = 200)
  void weightsArePositiveAndSumToOne(@ForAll("requests") Request request) {
    TilePlan plan = request.plan();
    for (BlendingWindow window :
        List.of(BlendingWindow.mixtureOfDiffusers(), new BlendingWindow.Cosine())) {
      BlendingWeights weights = BlendingWeights.of(plan, window);
      double[] sum = new double[request.width * request.height];
      for (int i = 0; i < plan.tiles().size(); i++) {
        Tile tile = plan.tiles().get(i);
        float[] w = weights.of(i);
        for (int k = 0; k < w.length; k++) {
          assertTrue(w[k] > 0 && w[k] <= 1 + 1e-6);
          sum[(tile.y() + k / tile.width()) * request.width + tile.x() + k % tile.width()] += w[k];
        }
      }
      for (double s : sum) {
        assertEquals(1, s, 1e-5);
      }
    }
  }

  @Test
  void gaussianEqualsMixtureOfDiffusers() {
    float[] weights = BlendingWindow.mixtureOfDiffusers().weights(16, 12);
    assertTrue(Golden.load("gaussian_weights_16x12").relativeError(weights) < 1e-6);
  }

  @Test
  void halfOverlappingCosinesAreAPartitionByThemselves() {
    float[] tile = new BlendingWindow.Cosine().weights(8, 1);
    for (int k = 0; k < 4; k++) {
      assertEquals(1, (tile[k] + tile[k + 4]) / new BlendingWindow.Cosine().weight(0, 1), 1e-6);
    }
  }

  @Test
  void theStripOfTheDesignHas360Tiles() {
    TilePlan plan = TilePlan.of(40_000, 7_000, 1024, 128);
    assertEquals(45 * 8, plan.tiles().size());
    assertArrayEquals(new int[] {38_976, 5_976}, last(plan));
  }

  @Test
  void impossiblePlansAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> TilePlan.of(10, 10, 4, 4));
    assertThrows(IllegalArgumentException.class, () -> TilePlan.of(0, 10, 4, 1));
    assertThrows(IllegalArgumentException.class, () -> TilePlan.of(10, 10, 4, -1));
  }

  private static int[] last(TilePlan plan) {
    Tile tile = plan.tiles().get(plan.tiles().size() - 1);
    return new int[] {tile.x(), tile.y()};
  }
}
