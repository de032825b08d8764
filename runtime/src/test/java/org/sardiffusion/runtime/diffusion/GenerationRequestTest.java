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
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.schedule.StepPlan;

/** What can't be met is refused before any work, and says what could be. */
class GenerationRequestTest {
  private static Model model;

  @BeforeAll
  static void open() {
    model = Models.open("eps-vae8", ModelOptions.Memory.LOW);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  static Stream<Arguments> outOfRange() {
    return Stream.of(
        refused("steps", () -> Models.SAMPLING.withSteps(0)),
        refused("steps", () -> Models.SAMPLING.withSteps(-5)),
        refused("count", () -> Models.SAMPLING.withCount(0)),
        refused("batch", () -> Execution.inBatchesOf(0)),
        refused("clip skip", () -> Models.SAMPLING.with(Sampling.CLIP_SKIP, -1)),
        refused("tile", () -> Models.SAMPLING.with(Sampling.DECODE_TILE, 0)),
        refused("eta", () -> Models.SAMPLING.with(Sampling.ETA, 1.01)),
        refused("eta", () -> Models.SAMPLING.with(Sampling.ETA, -0.01)),
        refused("eta", () -> Models.SAMPLING.with(Sampling.ETA, Double.NaN)));
  }

  private static Arguments refused(String word, Executable made) {
    return Arguments.of(word, made);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("outOfRange")
  void refusesValuesOutOfRange(String word, Executable made) {
    String message = assertThrows(SarDiffusionException.class, made).getMessage();
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
                Models.generate(
                    model,
                    Models.request(64, Models.SAMPLING.withCount(Integer.MAX_VALUE)),
                    Execution.inBatchesOf(Integer.MAX_VALUE)));
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
      GenerationRequest request =
          Models.request(64, Models.SAMPLING.withSampler(SamplerName.parse("euler")).with(plan));
      assertThrows(
          SchedulerException.class, () -> Models.generate(model, request), plan.toString());
    }
  }

  private static List<GeneratedImage> generate(Size size) {
    return Models.generate(model, GenerationRequest.of("", size, Sampling.DIFFUSERS.withSteps(1)));
  }
}
