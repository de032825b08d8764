package org.sardiffusion.runtime.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every sampler against diffusers' scheduler of the same configuration. */
class SamplerGoldenTest {
  /** Of the final latents' standard deviation. */
  private static final double TOLERANCE = 2e-5;

  /**
   * A run that starts at sigma = 4096 (zero terminal signal-to-noise ratio in Karras et al.'s
   * variables) carries float32 steps of 2^-11 in its first sums; the last bit of torch's square
   * root, which is not correctly rounded, can shift some of them.
   */
  private static final double TOLERANCE_FROM_4096 = 1e-4;

  @TestFactory
  Stream<DynamicTest> agreesWithDiffusers() {
    Map<String, List<JsonNode>> bySampler = new TreeMap<>();
    for (JsonNode golden : Goldens.cases()) {
      bySampler.computeIfAbsent(golden.get("sampler").asText(), n -> new ArrayList<>()).add(golden);
    }
    return bySampler.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey().isEmpty() ? "bundle default" : entry.getKey(),
                    () -> entry.getValue().forEach(SamplerGoldenTest::check)));
  }

  @Test
  void coversEverySampler() {
    List<String> named = new ArrayList<>();
    Goldens.cases().forEach(golden -> named.add(golden.get("sampler").asText()));
    for (SamplerName name : SamplerName.values()) {
      assertTrue(named.stream().filter(n -> n.equals(name.id())).count() > 30, name.id());
    }
  }

  private static void check(JsonNode golden) {
    SamplerRequest request = Goldens.request(golden, Goldens.SHAPE);
    String outcome = golden.get("outcome").asText();
    String message = golden.path("message").asText();
    if (outcome.equals("ok")) {
      checkRun(golden, new PseudoRun(request));
    } else if (outcome.equals("nonfinite")
        || message.startsWith("IndexError")
        || message.startsWith("AssertionError")) {
      // Diffusers ends in NaN or runs past its own arrays: refuse, or do better.
      try {
        assertTrue(new PseudoRun(request).isFinite(), () -> describe(golden));
      } catch (SchedulerException refused) {
        assertTrue(refused.getMessage().contains("golden"), refused.getMessage());
      }
    } else {
      assertThrows(
          SchedulerException.class, () -> Samplers.create(request), () -> describe(golden));
    }
  }

  private static void checkRun(JsonNode golden, PseudoRun run) {
    double[] expectedTimesteps = new double[golden.get("timesteps").size()];
    for (int i = 0; i < expectedTimesteps.length; i++) {
      expectedTimesteps[i] = golden.get("timesteps").get(i).asDouble();
    }
    assertArrayEquals(
        expectedTimesteps, run.timesteps, 1e-3, () -> "timesteps of " + describe(golden));
    assertEquals(
        golden.get("draws").asInt(), run.noise.draws(), () -> "draws of " + describe(golden));

    double initial = golden.get("init_noise_sigma").asDouble();
    double tolerance = initial > 4000 ? TOLERANCE_FROM_4096 : TOLERANCE;
    float[] expected = Goldens.floats(golden.get("sample"));
    checkClose(expected, run.sample, 1, tolerance, golden);

    int[] recorded = {0, expectedTimesteps.length / 2};
    for (int k = 0; k < golden.get("partial").size(); k++) {
      float[] partial = Goldens.floats(golden.get("partial").get(k));
      checkClose(partial, run.after[recorded[k]], 8, tolerance, golden);
    }
  }

  /** Compares every {@code stride}-th value, in units of the expected values' deviation. */
  private static void checkClose(
      float[] expected, float[] actual, int stride, double tolerance, JsonNode golden) {
    double unit = deviation(expected);
    for (int j = 0; j < expected.length; j++) {
      assertEquals(
          expected[j], actual[j * stride], tolerance * unit, () -> "values of " + describe(golden));
    }
  }

  private static double deviation(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float v : values) {
      sum += v;
      squares += (double) v * v;
    }
    double mean = sum / values.length;
    return Math.sqrt(squares / values.length - mean * mean);
  }

  /** The case, less what it shares with the first, which is plain SDXL. */
  private static String describe(JsonNode golden) {
    ObjectNode shown = golden.deepCopy();
    shown.remove(List.of("sample", "partial", "timesteps"));
    ObjectNode config = (ObjectNode) shown.get("config");
    JsonNode plain = Goldens.cases().get(0).get("config");
    plain
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (plain.get(key).equals(config.get(key))) {
                config.remove(key);
              }
            });
    return shown.toString();
  }
}
