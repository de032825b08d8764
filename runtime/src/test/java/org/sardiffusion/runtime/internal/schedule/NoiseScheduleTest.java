package org.sardiffusion.runtime.internal.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.SchedulerException;

class NoiseScheduleTest {

  static Stream<JsonNode> alphaProducts() {
    Stream.Builder<JsonNode> all = Stream.builder();
    Goldens.alphaProducts().forEach(all);
    return all.build();
  }

  @ParameterizedTest
  @MethodSource("alphaProducts")
  void alphaProductsAreThoseOfTorch(JsonNode golden) {
    JsonNode config = golden.get("config");
    NoiseSchedule schedule = NoiseSchedule.of(options(config));
    float[] expected = Goldens.floats(golden.get("alphas_cumprod"));
    assertEquals(expected.length, schedule.trainTimesteps());
    // Torch's float32 square root and sigmoid are not correctly rounded; all else is bit for bit.
    boolean exact =
        !config.path("rescale_betas_zero_snr").asBoolean()
            && !config.get("beta_schedule").asText().equals("sigmoid");
    for (int t = 0; t < expected.length; t++) {
      assertEquals(
          expected[t], schedule.alphaProduct(t), exact ? 0 : 5e-6 * expected[t], "at " + t);
    }
  }

  @Test
  void zeroTerminalSnrIsExactlyZeroOnAlphasAnd4096OnSigmas() throws Exception {
    JsonNode config =
        new ObjectMapper()
            .readTree("{\"beta_schedule\": \"scaled_linear\", \"rescale_betas_zero_snr\": true}");
    assertEquals(0, NoiseSchedule.of(options(config)).alphaProduct(999));
    Options euler =
        Options.of(new SamplerChoice.Named(SamplerName.EULER), SchedulerConfig.of(config, "test"));
    assertEquals(4096, NoiseSchedule.ofFiniteSigmas(euler).highestSigma());
  }

  @Test
  void timestepOfInvertsSigma() throws Exception {
    NoiseSchedule schedule = NoiseSchedule.of(options(new ObjectMapper().readTree("{}")));
    for (double t = 0; t < 999; t += 13.37) {
      assertEquals(t, schedule.timestepOf(schedule.sigma(t)), 0.01);
    }
    assertEquals(999, schedule.timestepOf(1e6));
    assertEquals(0, schedule.timestepOf(0));
  }

  @Test
  void refusesTimestepsOutsideOfTraining() throws Exception {
    NoiseSchedule schedule = NoiseSchedule.of(options(new ObjectMapper().readTree("{}")));
    SchedulerException e =
        assertThrows(SchedulerException.class, () -> schedule.alphaProduct(1000));
    assertTrue(e.getMessage().contains("1000"), e.getMessage());
  }

  private static Options options(JsonNode config) {
    return Options.of(
        new SamplerChoice.Named(SamplerName.DDPM), SchedulerConfig.of(config, "test"));
  }
}
