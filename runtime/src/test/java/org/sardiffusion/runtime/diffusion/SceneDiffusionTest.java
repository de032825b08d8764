package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.internal.noise.TorchGenerator;
import org.sardiffusion.runtime.scene.SceneException;
import org.sardiffusion.runtime.scene.SceneFolder;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.tiling.TileLayout;

class SceneDiffusionTest {
  private static final int CHANNELS = 4;
  private static Model model;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    model = Scenes.model();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Given the same noise, a scene is the image that is made in memory in the same tiles. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "EULER",
        "EULER_A",
        "DDIM",
        "DDPM",
        "DPMPP_2M",
        "DPMPP_2M_SDE",
        "UNIPC",
        "HEUN",
        "LMS",
        "PNDM",
        "LCM"
      })
  void equalsTheProcessInMemory(SamplerName sampler) throws IOException {
    TileLayout tiling = Scenes.tiling(20, 16);
    Sampling sampling = Scenes.sampling(sampler, 4);
    GeneratedImage expected = inMemory(sampling, tiling);

    SceneTask task = Scenes.task(sampling, tiling);
    TorchNoise noise = new TorchNoise(sampling.seed(), tiling);
    try (SceneFolder work = SceneFolder.open(folder.resolve("work"), "{}");
        Cancellation cancellation = new Cancellation()) {
      SceneDiffusion diffusion = new SceneDiffusion(model, task, noise);
      diffusion.denoise(work, Progress.NONE, cancellation);
      assertArrayEquals(
          expected.latents(),
          Scenes.latents(diffusion, work, new Window(0, 0, 20, 16)),
          sampler.id());
      diffusion.decode(
          work,
          (first, count, amplitude) ->
              assertArrayEquals(
                  expected.amplitude(), Arrays.copyOf(amplitude, expected.amplitude().length)),
          Progress.NONE,
          cancellation);
    }
  }

  /** Also where both are decoded in several tiles. */
  @Test
  void isDecodedAsTheImageInMemoryIs() throws IOException {
    TileLayout tiling = Scenes.tiling(56, 52);
    Sampling sampling = Scenes.sampling(SamplerName.EULER, 1);
    GeneratedImage expected = inMemory(sampling, tiling);
    SceneTask task = Scenes.task(sampling, tiling);
    assertTrue(task.decoded(Scenes.FACTOR).decoded().count() > 9);
    SceneDiffusion diffusion = new SceneDiffusion(model, task, new TorchNoise(7, tiling));
    int width = task.window().width();
    try (SceneFolder work = SceneFolder.open(folder.resolve("work"), "{}");
        Cancellation cancellation = new Cancellation()) {
      diffusion.denoise(work, Progress.NONE, cancellation);
      diffusion.decode(
          work,
          (first, rows, amplitude) ->
              assertArrayEquals(
                  Arrays.copyOfRange(expected.amplitude(), first * width, (first + rows) * width),
                  Arrays.copyOf(amplitude, rows * width)),
          Progress.NONE,
          cancellation);
    }
  }

  private static GeneratedImage inMemory(Sampling sampling, TileLayout tiling) {
    Size size =
        new Size(tiling.columns().length() * Scenes.FACTOR, tiling.rows().length() * Scenes.FACTOR);
    List<GeneratedImage> images = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      model.generate(
          GenerationRequest.of(Scenes.FOREST.prompts().get(0), size, sampling),
          new Execution(1, Optional.of(tiling)),
          new DiffusionListener() {
            @Override
            public void image(GeneratedImage image) {
              images.add(image);
            }
          },
          cancellation);
    }
    return images.get(0);
  }

  /** Torch's stream, as the process in memory draws it: one whole field after the other. */
  private static final class TorchNoise implements SceneDiffusion.LatentNoise {
    private final TorchGenerator generator;
    private final TileLayout tiling;
    private final List<float[]> draws = new ArrayList<>();

    TorchNoise(long seed, TileLayout tiling) {
      this.generator = new TorchGenerator(seed);
      this.tiling = tiling;
    }

    @Override
    public void fill(
        int draw, int channel, int row, int column, float[] values, int from, int count) {
      int width = tiling.columns().length();
      int height = tiling.rows().length();
      while (draws.size() <= draw) {
        float[] all = new float[CHANNELS * height * width];
        generator.fillStandardNormal(all);
        draws.add(all);
      }
      System.arraycopy(
          draws.get(draw), (channel * height + row) * width + column, values, from, count);
    }
  }

  /** Any window has the pixels that it has in the whole scene. */
  @Test
  void aWindowIsThatPartOfTheWhole() throws IOException {
    TileLayout tiling = Scenes.tiling(50, 42);
    Sampling sampling = Scenes.sampling(SamplerName.DPMPP_2M_SDE, 2);
    SceneTask task = Scenes.task(sampling, tiling);
    float[] whole = Scenes.make(model, task, folder.resolve("whole"));
    long seed = System.nanoTime();
    System.out.println("SceneDiffusionTest: seed " + seed);
    Random random = new Random(seed);
    int width = task.window().width();
    List<Window> windows = new ArrayList<>();
    // At an edge, tiles of the other one are never needed.
    windows.add(new Window(0, 0, 30, 20));
    for (int k = 0; k < 3; k++) {
      int x = random.nextInt(width - 1);
      int y = random.nextInt(task.window().height() - 1);
      windows.add(
          new Window(
              x,
              y,
              1 + random.nextInt(Math.min(60, width - x)),
              1 + random.nextInt(Math.min(60, task.window().height() - y))));
    }
    for (int k = 0; k < windows.size(); k++) {
      Window window = windows.get(k);
      SceneTask part = new SceneTask(sampling, Scenes.FOREST, tiling, window, Optional.empty());
      float[] made = Scenes.make(model, part, folder.resolve("part" + k));
      for (int row = 0; row < window.height(); row++) {
        int from = (window.y() + row) * width + window.x();
        assertArrayEquals(
            Arrays.copyOfRange(whole, from, from + window.width()),
            Arrays.copyOfRange(made, row * window.width(), (row + 1) * window.width()),
            window + ", row " + row);
      }
    }
    SceneTask corner =
        new SceneTask(sampling, Scenes.FOREST, tiling, windows.get(0), Optional.empty());
    assertTrue(
        new SceneDiffusion(model, corner).cost().tiles()
            < new SceneDiffusion(model, task).cost().tiles(),
        "a window takes fewer tiles than the whole");
  }

  /** Stopped at random tiles again and again, a scene ends as if nothing had happened. */
  @ParameterizedTest
  @EnumSource(names = {"DPMPP_2M_SDE", "HEUN", "PNDM"})
  void stoppedItEndsTheSame(SamplerName sampler) throws IOException {
    SceneTask task = Scenes.task(Scenes.sampling(sampler, 4), Scenes.tiling(26, 23));
    float[] whole = Scenes.make(model, task, folder.resolve("whole"));
    long seed = System.nanoTime();
    System.out.println("SceneDiffusionTest: seed " + seed);
    Random random = new Random(seed);
    Path work = folder.resolve("stopped");
    int stops = 0;
    float[] made = new float[0];
    long furthest = 0;
    while (made.length == 0) {
      StopAfter stop = new StopAfter(3 + random.nextInt(16));
      try {
        made = Scenes.make(model, task, work, stop, stop.cancellation);
      } catch (CancelledException e) {
        stops++;
      } finally {
        stop.cancellation.close();
      }
      assertTrue(stop.first >= furthest, "what was done is done");
      furthest = stop.first;
    }
    assertTrue(stops > 2, "it was stopped " + stops + " times");
    assertArrayEquals(whole, made);
  }

  private static final class StopAfter implements Progress {
    private final Cancellation cancellation = new Cancellation();
    private int left;
    private long first = -1;
    private String current = "";

    StopAfter(int tiles) {
      left = tiles;
    }

    @Override
    public void advanced(String stage, long done, long total) {
      if (first < 0) {
        first = done;
      }
      // Each stage begins with what was done before.
      left -= stage.equals(current) ? 1 : 0;
      current = stage;
      if (left == 0) {
        cancellation.cancel();
      }
    }
  }

  /**
   * One step of Euler is linear in the prediction, so that of a mixture is the mixture of steps.
   */
  @Test
  void promptsBlendByTheirWeights() throws IOException {
    TileLayout tiling = Scenes.tiling(14, 14);
    Sampling sampling = Sampling.DIFFUSERS.withSteps(1).withSeed(3).with(Guidance.of(3));
    String field = "A <SAR> image of a plowed field";
    float[] forest = latents(sampling, tiling, Scenes.FOREST, "forest");
    float[] fields = latents(sampling, tiling, new UniformPrompt(field), "field");
    PromptField both =
        new PromptField() {
          @Override
          public List<String> prompts() {
            return List.of(Scenes.FOREST.prompts().get(0), field);
          }

          @Override
          public List<Share> shares(Window window) {
            float[] first = new float[window.width() * window.height()];
            float[] second = new float[first.length];
            for (int i = 0; i < first.length; i++) {
              first[i] = weight(window.x() + i % window.width());
              second[i] = 1 - first[i];
            }
            return List.of(new Share(0, first), new Share(1, second));
          }
        };
    float[] mixed = latents(sampling, tiling, both, "both");
    double apart = 0;
    for (int i = 0; i < mixed.length; i++) {
      float w = weight(i % 14);
      assertEquals(w * forest[i] + (1 - w) * fields[i], mixed[i], 1e-4);
      apart = Math.max(apart, Math.abs(forest[i] - fields[i]));
    }
    assertTrue(apart > 0.01, "the prompts differ: " + apart);
  }

  private static float weight(int column) {
    return column < 4 ? 1 : column > 9 ? 0 : (10 - column) / 6f;
  }

  private float[] latents(Sampling sampling, TileLayout tiling, PromptField prompts, String name)
      throws IOException {
    Window all = new Window(0, 0, 14, 14);
    try (SceneFolder work = SceneFolder.open(folder.resolve(name), "{}");
        Cancellation cancellation = new Cancellation()) {
      SceneDiffusion diffusion =
          new SceneDiffusion(
              model,
              new SceneTask(
                  sampling, prompts, tiling, new Window(0, 0, 112, 112), Optional.empty()));
      diffusion.denoise(work, Progress.NONE, cancellation);
      return Scenes.latents(diffusion, work, all);
    }
  }

  @Test
  void aWindowLiesWithinTheScene() {
    TileLayout tiling = Scenes.tiling(14, 14);
    SceneTask beyond =
        new SceneTask(
            Scenes.sampling(SamplerName.EULER, 1),
            Scenes.FOREST,
            tiling,
            new Window(100, 0, 13, 5),
            Optional.empty());
    String message =
        assertThrows(SceneException.class, () -> new SceneDiffusion(model, beyond)).getMessage();
    assertTrue(message.contains("beyond the scene of 112x112"), message);
  }

  @Test
  void theFolderTakesWhatWasDemanded() throws IOException {
    SceneTask task = Scenes.task(Scenes.sampling(SamplerName.PNDM, 4), Scenes.tiling(26, 23));
    Scenes.make(model, task, folder.resolve("work"));
    try (SceneFolder work = SceneFolder.open(folder.resolve("work"), "{}")) {
      long demanded = new SceneDiffusion(model, task).cost().workBytes();
      assertTrue(work.size() <= demanded, work.size() + " of " + demanded);
      work.delete();
    }
    assertFalse(Files.exists(folder.resolve("work")));
  }
}
