package org.sardiffusion.evaluation.internal.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.sardiffusion.evaluation.Goldens;

class FeatureDistanceTest {
  private static final JsonNode GOLDEN = Goldens.json("sar_clip_goldens.json").get("features");
  private static final float[][] REAL = rows("real");
  private static final float[][] GENERATED = rows("generated");

  private static float[][] rows(String name) {
    JsonNode rows = GOLDEN.get(name);
    float[][] values = new float[rows.size()][rows.get(0).size()];
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < values[i].length; k++) {
        values[i][k] = (float) rows.get(i).get(k).asDouble();
      }
    }
    return values;
  }

  @Test
  void distancesAreScipysAndNumpys() {
    FeatureDistance d = FeatureDistance.between(REAL, GENERATED);
    assertEquals(GOLDEN.get("fid").asDouble(), d.frechet(), 1e-9);
    assertEquals(GOLDEN.get("kid").asDouble(), d.kernel(), 1e-12);
    assertEquals(GOLDEN.get("precision").asDouble(), d.manifolds().precision());
    assertEquals(GOLDEN.get("recall").asDouble(), d.manifolds().recall());
    assertEquals(GOLDEN.get("threshold").asDouble(), d.memorisation().threshold(), 1e-6);
    assertEquals(GOLDEN.get("share").asDouble(), d.memorisation().share());
  }

  @Test
  void aCopyIsFound() {
    Memorisation m = FeatureDistance.between(REAL, GENERATED).memorisation();
    assertEquals(7, m.closest().get(0).generated());
    assertEquals(13, m.closest().get(0).real());
    assertEquals(1, m.closest().get(0).cosine(), 1e-6);
    assertEquals(GOLDEN.get("closest").get(0).asInt(), m.closest().get(0).generated());
  }

  @Test
  void aSetIsNoDistanceFromItself() {
    FeatureDistance d = FeatureDistance.between(REAL, REAL);
    assertEquals(0, d.frechet(), 1e-6);
    assertTrue(d.kernel() < 0, "unbiased, so below 0 where pairs with oneself are left out");
    assertEquals(new PrecisionRecall(1, 1), d.manifolds());
    assertTrue(Double.isNaN(FrechetDistance.between(REAL, new float[][] {REAL[0]})));
    assertTrue(Double.isNaN(PrecisionRecall.of(REAL, new float[][] {REAL[0]}).recall()));
  }
}
