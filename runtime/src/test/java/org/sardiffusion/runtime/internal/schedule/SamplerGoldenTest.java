package org.sardiffusion.runtime.internal.schedule;

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
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerException;

/** Every sampler against diffusers' scheduler of the same configuration. */
class SamplerGoldenTest {
  /**
   * Of the final latents' standard deviation. Most cases stay below 1e-5; what is left comes from
   * torch's float32 square root, which is not correctly rounded. (With numpy's in its place, half
   * of all cases agree bit for bit and none is further off than 1.3e-5.)
   */
  private static final double TOLERANCE = 5e-5;

  /**
   * Where a run starts at a sigma of hundreds (zero terminal signal-to-noise ratio in Karras et
   * al.'s variables: up to 4096, whose float32 steps are 2^-11), that last bit is carried to the
   * end.
   */
  private static final double TOLERANCE_FROM_HIGH_SIGMA = 1e-4;

  private static final double HIGH_SIGMA = 100;

  /** Timesteps are interpolated in float32 logarithms; where sigmas hardly differ, coarsely so. */
  private static final double TIMESTEP_TOLERANCE = 1e-2;

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
    ScheduleRequest request = Goldens.request(golden);
    String outcome = golden.get("outcome").asText();
    String message = golden.path("message").asText();
    if (outcome.equals("ok")) {
      checkRun(golden, new PseudoRun(request, Goldens.SHAPE));
    } else if (outcome.equals("nonfinite")
        || message.startsWith("IndexError")
        || message.startsWith("AssertionError")) {
      // Diffusers ends in NaN or runs past its own arrays: refuse, or do better.
      try {
        assertTrue(new PseudoRun(request, Goldens.SHAPE).isFinite(), () -> describe(golden));
      } catch (SchedulerException refused) {
        assertTrue(refused.getMessage().contains("golden"), refused.getMessage());
      }
    } else {
      assertThrows(SchedulerException.class, () -> Schedule.of(request), () -> describe(golden));
    }
  }

  private static void checkRun(JsonNode golden, PseudoRun run) {
    double[] expectedTimesteps = new double[golden.get("timesteps").size()];
    for (int i = 0; i < expectedTimesteps.length; i++) {
      expectedTimesteps[i] = golden.get("timesteps").get(i).asDouble();
    }
    assertArrayEquals(
        expectedTimesteps,
        run.timesteps,
        TIMESTEP_TOLERANCE,
        () -> "timesteps of " + describe(golden));
    assertEquals(
        golden.get("draws").asInt(), run.noise.draws(), () -> "draws of " + describe(golden));

    double initial = golden.get("init_noise_sigma").asDouble();
    boolean high = initial > HIGH_SIGMA;
    double tolerance = high ? TOLERANCE_FROM_HIGH_SIGMA : TOLERANCE;
    float[] expected = Goldens.floats(golden.get("sample"));
    checkClose(expected, run.sample, 1, tolerance, golden);

    int[] recorded = {0, expectedTimesteps.length / 2};
    // From a high sigma, errors halfway are those of far larger latents, which later steps
    // contract.
    for (int k = 0; !high && k < golden.get("partial").size(); k++) {
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
