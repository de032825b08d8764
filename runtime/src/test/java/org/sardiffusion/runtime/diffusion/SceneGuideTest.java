package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.internal.noise.TorchGenerator;
import org.sardiffusion.runtime.scene.SceneException;
import org.sardiffusion.runtime.scene.SceneFolder;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.tiling.TileLayout;

/** Scenes that are made from an image of the scene. */
class SceneGuideTest {
  private static final int CHANNELS = 4;
  private static final int COLUMNS = 20;
  private static final int ROWS = 16;
  private static final ControlScales CONTROL =
      new ControlScales(List.of(new ControlScale(0.8, 0, 0.9)), Control.Mode.BALANCED);

  @TempDir static Path bundle;
  private static Model model;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    model =
        Model.open(
            Bundle.open(TestBundles.controlled("eps-vae8", bundle)),
            ModelOptions.cpu(),
            notice -> {});
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Control control(Size size, float[] samples) {
    return Control.of(new ControlImage(size, samples), CONTROL);
  }

  private static float[] image(int width, int height) {
    float[] image = new float[width * height];
    Random random = new Random(5);
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) (0.2 + 0.2 * Math.sin(i % width / 9.0) + 0.3 * random.nextFloat() + 0.1);
    }
    return image;
  }

  private static SceneImage parts(float[] image, int width) {
    return window -> {
      float[] part = new float[window.width() * window.height()];
      for (int row = 0; row < window.height(); row++) {
        System.arraycopy(
            image,
            (window.y() + row) * width + window.x(),
            part,
            row * window.width(),
            window.width());
      }
      return part;
    };
  }

  private static SceneTask task(SamplerName sampler, TileLayout tiling, double strength) {
    int width = tiling.columns().length() * Scenes.FACTOR;
    int height = tiling.rows().length() * Scenes.FACTOR;
    return new SceneTask(
        Scenes.sampling(sampler, 4),
        Scenes.FOREST,
        tiling,
        new Window(0, 0, width, height),
        Optional.of(
            new SceneGuide(parts(image(width, height), width), strength, Optional.of(CONTROL))));
  }

  /** Given the same noise, it is the image that is made in memory in the same tiles. */
  @ParameterizedTest
  @CsvSource({
    "EULER,0.5",
    "EULER_A,0.75",
    "DDIM,0.5",
    "DPMPP_2M_SDE,0.75",
    "UNIPC,0.5",
    "HEUN,0.5",
    "LMS,0.75",
    "PNDM,0.5",
    "EULER_A,1"
  })
  void equalsTheProcessInMemory(SamplerName sampler, double strength) throws IOException {
    TileLayout tiling = Scenes.tiling(COLUMNS, ROWS);
    SceneTask task = task(sampler, tiling, strength);
    GeneratedImage expected = inMemory(task);
    TorchNoise noise = new TorchNoise(task.sampling().seed());
    try (SceneFolder work = SceneFolder.open(folder.resolve("work"), "{}");
        Cancellation cancellation = new Cancellation()) {
      SceneDiffusion diffusion = new SceneDiffusion(model, task, noise);
      diffusion.denoise(work, Progress.NONE, cancellation);
      assertArrayEquals(
          expected.latents(),
          Scenes.latents(diffusion, work, new Window(0, 0, COLUMNS, ROWS)),
          2e-6f,
          sampler.id());
    }
  }

  private static GeneratedImage inMemory(SceneTask task) {
    Size size = new Size(COLUMNS * Scenes.FACTOR, ROWS * Scenes.FACTOR);
    float[] image = image(size.width(), size.height());
    double strength = task.guide().orElseThrow().strength();
    GenerationRequest request =
        GenerationRequest.of(Scenes.FOREST.prompts().get(0), size, task.sampling())
            .with(control(size, image));
    if (strength < 1) {
      request =
          request.with(new Init.Image(new InitImage(size, image), strength, Optional.empty()));
    }
    List<GeneratedImage> images = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      model.generate(
          request,
          new Execution(1, Optional.of(task.layout())),
          new DiffusionListener() {
            @Override
            public void image(GeneratedImage made) {
              images.add(made);
            }
          },
          cancellation);
    }
    return images.get(0);
  }

  /** Torch's stream, as the process in memory draws it: one whole field after the other. */
  private static final class TorchNoise implements SceneDiffusion.LatentNoise {
    private final TorchGenerator generator;
    private final List<float[]> draws = new ArrayList<>();

    TorchNoise(long seed) {
      this.generator = new TorchGenerator(seed);
    }

    @Override
    public void fill(
        int draw, int channel, int row, int column, float[] values, int from, int count) {
      while (draws.size() <= draw) {
        float[] all = new float[CHANNELS * ROWS * COLUMNS];
        generator.fillStandardNormal(all);
        draws.add(all);
      }
      System.arraycopy(
          draws.get(draw), (channel * ROWS + row) * COLUMNS + column, values, from, count);
    }
  }

  /**
   * Any window has the pixels that it has in the whole scene, which is encoded in several tiles.
   */
  @Test
  void aWindowIsThatPartOfTheWhole() throws IOException {
    TileLayout tiling = Scenes.tiling(50, 30);
    SceneTask task = task(SamplerName.EULER_A, tiling, 0.5);
    float[] whole = Scenes.make(model, task, folder.resolve("whole"));
    Window window = new Window(300, 120, 70, 90);
    SceneTask part = new SceneTask(task.sampling(), task.prompts(), tiling, window, task.guide());
    float[] made = Scenes.make(model, part, folder.resolve("part"));
    int width = task.window().width();
    for (int row = 0; row < window.height(); row++) {
      int from = (window.y() + row) * width + window.x();
      assertArrayEquals(
          Arrays.copyOfRange(whole, from, from + window.width()),
          Arrays.copyOfRange(made, row * window.width(), (row + 1) * window.width()),
          "row " + row);
    }
    assertTrue(
        new SceneDiffusion(model, part).cost().tiles()
            < new SceneDiffusion(model, task).cost().tiles());
  }

  @Test
  void theStrengthHasARange() {
    for (double strength : new double[] {0, -1, 1.01, Double.NaN}) {
      assertThrows(
          SceneException.class,
          () -> new SceneGuide(parts(new float[0], 0), strength, Optional.empty()));
    }
  }
}
