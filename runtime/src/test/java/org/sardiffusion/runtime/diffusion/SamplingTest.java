package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.parameter.ValueType;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.StepPlan;

/** Defaults and overrides are one fold, and what goes into one batch an equality. */
class SamplingTest {
  @TempDir Path folder;

  @Test
  void whatComesLaterDecides() {
    Overrides options =
        Overrides.NONE
            .with(Sampling.GUIDANCE, 3.0)
            .with(Sampling.NEGATIVE_PROMPT, "water")
            .with(Sampling.CROP, new ValueType.Offset(16, 0));
    Overrides line =
        Overrides.NONE
            .with(Sampling.GUIDANCE, 7.0)
            .with(Sampling.GUIDANCE_INTERVAL, new ValueType.Pair(0, 0.5))
            .with(Sampling.ORIGINAL_SIZE, new Size(30, 20));
    Sampling made = Sampling.DIFFUSERS.with(options).with(line);
    assertEquals(made, Sampling.DIFFUSERS.with(options.with(line)));
    assertEquals(new Guidance(7, 0, 0, 0.5), made.guidance());
    assertEquals(Optional.of("water"), made.negativePrompt());
    assertEquals(
        new MicroConditioning(Optional.of(new Size(30, 20)), 16, 0, Optional.empty(), 6),
        made.conditioning());
    assertEquals(Sampling.DIFFUSERS.steps(), made.steps());
  }

  @Test
  void whatIsLeftOpenStays() {
    Sampling sampling =
        Sampling.DIFFUSERS
            .withSeed(-5)
            .withCount(3)
            .withSampler(SamplerName.DDIM)
            .with(new StepPlan.Sigmas(java.util.List.of(14.6, 0.0)))
            .with(Sampling.ETA, 0.3)
            .with(new Guidance(2, 0.1, 0.2, 0.9))
            .with(Sampling.NEGATIVE_PROMPT, "")
            .with(Sampling.CLIP_SKIP, 2)
            .with(
                new MicroConditioning(
                    Optional.of(new Size(3, 4)), 5, 6, Optional.of(new Size(7, 8)), 5.5))
            .withNegative(
                new MicroConditioning(
                    Optional.of(new Size(1, 2)), 3, 4, Optional.of(new Size(5, 6)), 1.5))
            .with(Sampling.DECODE_TILE, 32);
    assertEquals(sampling, sampling.with(Overrides.NONE));
    assertEquals(sampling, Sampling.DIFFUSERS.with(sampling.values()));
    assertEquals(sampling.values(), Overrides.of(sampling.values().toJson(), Sampling.PARAMETERS));
    assertEquals(sampling.withSeed(-3).withCount(1), sampling.forImage(2));
    Overrides none = Overrides.NONE;
    assertSame(none, none.with(Sampling.ORIGINAL_SIZE, Optional.empty()));
  }

  @Test
  void aModelsRecommendationComesFirst() throws Exception {
    TestBundles.copy(TestBundles.folder("eps-vae8"), folder);
    Files.writeString(
        folder.resolve(SarConfig.FILE_NAME),
        "{\"format_version\": 1, \"name\": \"m\", \"recommended\": {\"steps\": 20, \"guidance_scale\": 3,"
            + " \"scheduler\": \"unipc_karras\"}}");
    Sampling recommended = Sampling.defaults(Bundle.open(folder));
    assertEquals(new StepPlan.Steps(20), recommended.steps());
    assertEquals(Guidance.of(3), recommended.guidance());
    assertEquals(new SamplerChoice.Named(SamplerName.parse("unipc_karras")), recommended.sampler());
    assertEquals(
        Sampling.DIFFUSERS.withSampler(SamplerName.parse("unipc_karras")),
        recommended
            .with(Guidance.of(5))
            .withSteps(50)
            .withSampler(SamplerName.parse("unipc_karras")));
  }

  @Test
  void aBatchIsAnEquality() {
    GenerationRequest request = Models.request(64);
    Optional<BatchKey> key = request.batchKey();
    Sampling other =
        request
            .sampling()
            .withSeed(99)
            .with(Sampling.NEGATIVE_PROMPT, "water")
            .with(Sampling.CLIP_SKIP, 1)
            .with(Sampling.CROP, new ValueType.Offset(0, 8));
    assertEquals(key, request.with(other).batchKey());
    assertEquals(key, GenerationRequest.of("else", request.size(), other).batchKey());
    assertNotEquals(key, request.with(other.withSteps(5)).batchKey());
    assertNotEquals(key, request.with(other.with(Guidance.of(2))).batchKey());
    assertNotEquals(key, Models.request(96).batchKey());
    assertEquals(Optional.empty(), request.with(other.withCount(2)).batchKey());
    InitImage image = new InitImage(request.size(), new float[64 * 64]);
    assertEquals(
        Optional.empty(), request.with(new Init.Image(image, 0.5, Optional.empty())).batchKey());
  }
}
