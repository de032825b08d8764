package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.schedule.StepPlan;

/** What can't be met is refused before any work, and says what could be. */
class DiffusionRequestTest {
  private static ReverseDiffusion engine;

  @BeforeAll
  static void open() {
    engine = Engines.open("eps-vae8", EngineSettings.Memory.LOW);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  static Stream<Arguments> outOfRange() {
    return Stream.of(
        Arguments.of("steps", Engines.request(64).steps(0)),
        Arguments.of("steps", Engines.request(64).steps(-5)),
        Arguments.of("images", Engines.request(64).count(0)),
        Arguments.of("batch", Engines.request(64).batch(0)),
        Arguments.of("clip skip", Engines.request(64).clipSkip(-1)),
        Arguments.of("tile", Engines.request(64).decodeTile(0)),
        Arguments.of("Eta", Engines.request(64).eta(1.01)),
        Arguments.of("Eta", Engines.request(64).eta(-0.01)),
        Arguments.of("Eta", Engines.request(64).eta(Double.NaN)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("outOfRange")
  void refusesValuesOutOfRange(String word, DiffusionRequest.Builder request) {
    String message = assertThrows(GenerationException.class, request::build).getMessage();
    assertTrue(message.contains(word), message);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 100, 96x96",
    "113, 64, 128x64",
    "1, 64, 32x64",
    "2147483647, 64, 2147483648x64",
    "2147483640, 33, 2147483648x32"
  })
  void suggestsSizesThatGo(int width, int height, String suggested) {
    GenerationException refused =
        assertThrows(GenerationException.class, () -> generate(new Size(width, height)));
    assertTrue(refused.getMessage().contains("multiples of 32"), refused.getMessage());
    assertTrue(refused.getMessage().contains(suggested), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "2147483616, 32",
    "2147483616, 2147483616",
    "32, 2147483616",
    "65536, 65536",
    "46368, 46368"
  })
  @Timeout(value = 10, unit = TimeUnit.SECONDS)
  void refusesSizesBeyondAnArray(int width, int height) {
    assertThrows(SarDiffusionException.class, () -> generate(new Size(width, height)));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.SECONDS)
  void refusesBatchesBeyondABuffer() {
    GenerationException refused =
        assertThrows(
            GenerationException.class,
            () ->
                Engines.generate(
                    engine,
                    Engines.request(64).count(Integer.MAX_VALUE).batch(Integer.MAX_VALUE).build()));
    assertTrue(refused.getMessage().contains("fewer at once"), refused.getMessage());
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void sizesBeyondTheMemoryAreRefusedAndTheEngineGoesOn() {
    String message =
        assertThrows(SarDiffusionException.class, () -> generate(new Size(16384, 16384)))
            .getMessage();
    assertTrue(message.contains("smaller images"), message);
    assertEquals(1, generate(new Size(64, 64)).size());
  }

  @Test
  void refusesStepsThatAreNone() {
    for (StepPlan plan :
        List.of(
            new StepPlan.Timesteps(List.of()),
            new StepPlan.Sigmas(List.of()),
            new StepPlan.Sigmas(List.of(Double.NaN)),
            new StepPlan.Timesteps(List.of(5, 900)),
            new StepPlan.Timesteps(List.of(5000)),
            new StepPlan.Steps(Integer.MAX_VALUE))) {
      DiffusionRequest request =
          Engines.request(64)
              .sampler(new SamplerChoice.Named(SamplerName.parse("euler")))
              .steps(plan)
              .build();
      assertThrows(
          SchedulerException.class, () -> Engines.generate(engine, request), plan.toString());
    }
  }

  private static List<GeneratedImage> generate(Size size) {
    return Engines.generate(engine, DiffusionRequest.builder("", size).steps(1).build());
  }
}
