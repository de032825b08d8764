package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;

class TileNetworkTest {
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
    DiffusionRequest tile =
        DiffusionRequest.builder("", SIZE)
            .steps(1)
            .guidance(Guidance.of(3))
            .control(
                new Control(
                    List.of(
                        new Control.Signal(
                            new ControlImage(SIZE, new float[grey.length]), 1, 0, 1)),
                    Control.Mode.BALANCED))
            .build();
    List<String> prompts = IntStream.range(0, PROMPTS).mapToObj(i -> "field " + i).toList();
    try (ReverseDiffusion engine =
            ReverseDiffusion.open(
                Bundle.open(TestBundles.controlled("eps-vae8", folder)),
                EngineSettings.cpu().with(EngineSettings.Network.CONTROLLED),
                notice -> {});
        Cancellation cancellation = new Cancellation()) {
      engine.predictTiles(
          new TileRequest(tile, prompts, 0),
          DiffusionListener.NONE,
          cancellation,
          network -> {
            float[] latents = new float[network.shape().length()];
            Arrays.fill(latents, 0.1f);
            network.show(shown);
            float[][] predictions = new float[PROMPTS][latents.length];
            long before = directBytes();
            for (int prompt = 0; prompt < PROMPTS; prompt++) {
              network.predict(prompt, 0, latents, predictions[prompt]);
            }
            long taken = directBytes() - before;
            assertTrue(taken < PROMPTS / 2 * CONTROL_BYTES, taken + " bytes");
            double seconds = network.unetSeconds();
            float[] again = new float[latents.length];
            for (int prompt = 0; prompt < PROMPTS; prompt += 5) {
              network.predict(prompt, 0, latents, again);
              assertArrayEquals(predictions[prompt], again, "prompt " + prompt);
            }
            assertTrue(network.unetSeconds() > seconds);
            return true;
          });
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
