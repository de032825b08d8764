package org.sardiffusion.runtime.internal.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchNoiseTest {

  @Test
  void drawsWhatDiffusersDrawsFromAListOfGenerators() {
    for (JsonNode batch : NoiseGoldens.ROOT.get("batches")) {
      BatchNoise noise = BatchNoise.seeded(batch.get("seed").asLong(), batch.get("images").asInt());
      for (JsonNode draw : batch.get("draws")) {
        float[] expected = NoiseGoldens.floats(draw);
        float[] actual = new float[expected.length];
        noise.fill(actual);
        assertArrayEquals(expected, actual);
      }
    }
  }

  @Property(tries = 50)
  void everyImageIsWhatItsSeedMakesAlone(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 5) int images,
      @ForAll @IntRange(max = 50) int part) {
    BatchNoise together = BatchNoise.seeded(seed, images);
    float[] batch = new float[images * part];
    for (int draw = 0; draw < 3; draw++) {
      together.fill(batch);
      for (int k = 0; k < images; k++) {
        BatchNoise alone = BatchNoise.seeded(seed + k, 1);
        float[] image = new float[part];
        for (int i = 0; i <= draw; i++) {
          alone.fill(image);
        }
        assertArrayEquals(image, Arrays.copyOfRange(batch, k * part, (k + 1) * part));
      }
    }
  }

  @Test
  void refusesABatchThatCantBeDivided() {
    BatchNoise noise = BatchNoise.seeded(0, 3);
    assertThrows(IllegalArgumentException.class, () -> noise.fill(new float[10]));
    assertThrows(IllegalArgumentException.class, () -> new BatchNoise(List.of()));
    assertThrows(IllegalArgumentException.class, () -> BatchNoise.seeded(0, 0));
  }
}
