package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;

class PromptDenoisersTest {
  private static final int PROMPTS = 16;
  private static final Size SIZE = new Size(320, 320);

  /** Two images of three channels of four bytes: a guided step's. */
  private static final long CONTROL_BYTES = 2L * 3 * 4 * SIZE.width() * SIZE.height();

  @TempDir Path folder;

  @Test
  void manyPromptsTakeTheBuffersOfFew() throws IOException {
    float[] grey = new float[SIZE.width() * SIZE.height()];
    Arrays.fill(grey, 0.5f);
    ControlImage shown = new ControlImage(SIZE, grey);
    ControlScales control = new ControlScales(List.of(ControlScale.of(1)), Control.Mode.BALANCED);
    GuidanceEncoder.Purpose tile =
        new GuidanceEncoder.Purpose(
            Sampling.DIFFUSERS.withSteps(1).with(Guidance.of(3)), SIZE, Optional.of(control));
    List<String> prompts = IntStream.range(0, PROMPTS).mapToObj(i -> "field " + i).toList();
    try (Model model =
            Model.open(
                Bundle.open(TestBundles.controlled("eps-vae8", folder)),
                ModelOptions.cpu(),
                notice -> {});
        Cancellation cancellation = new Cancellation()) {
      Denoiser.Latents latents = new Denoiser.Latents(model.validator().check(SIZE, 1), SIZE);
      List<Denoiser.GuidanceInputs> inputs =
          prompts.stream()
              .map(Prompt::new)
              .map(of -> model.guidance().encode(of, tile, DiffusionListener.NONE, cancellation))
              .toList();
      Denoiser.Settings settings = model.denoiserSettings(tile.sampling().guidance(), cancellation);
      model.useUNet(
          tile.control(),
          session -> {
            try (PromptDenoisers denoisers =
                new PromptDenoisers(session, latents, inputs, settings)) {
              checkMemory(denoisers, new TileControl(shown));
            }
            return tile;
          });
    }
  }

  private static void checkMemory(PromptDenoisers denoisers, ControlView shown) {
    ModelCall at = new ModelCall(0, 0, 1, 999);
    float[] latents = new float[denoisers.shape().length()];
    Arrays.fill(latents, 0.1f);
    float[][] predictions = new float[PROMPTS][latents.length];
    long before = directBytes();
    for (int prompt = 0; prompt < PROMPTS; prompt++) {
      denoisers.of(prompt).predict(at, shown, latents, predictions[prompt]);
    }
    long taken = directBytes() - before;
    assertTrue(taken < PROMPTS / 2 * CONTROL_BYTES, taken + " bytes");
    double seconds = denoisers.unetSeconds();
    float[] again = new float[latents.length];
    for (int prompt = 0; prompt < PROMPTS; prompt += 5) {
      denoisers.of(prompt).predict(at, shown, latents, again);
      assertArrayEquals(predictions[prompt], again, "prompt " + prompt);
    }
    assertTrue(denoisers.unetSeconds() > seconds);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
