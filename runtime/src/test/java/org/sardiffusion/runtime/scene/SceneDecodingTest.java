package org.sardiffusion.runtime.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.diffusion.TileDecoder;
import org.sardiffusion.runtime.schedule.SamplerName;

/** Decoder tiles that disagree in brightness, as group normalisation makes them. */
class SceneDecodingTest {
  private static final int WIDTH = 120;
  private static final int HEIGHT = 90;

  @TempDir Path folder;

  private static SceneTask task() {
    return Scenes.task(Scenes.tile(SamplerName.EULER, 1), Scenes.tiling(WIDTH, HEIGHT));
  }

  /** A scene that grows brighter from the left to the right, and a little towards the bottom. */
  private LatentFile latents() throws IOException {
    LatentFile latents =
        new LatentFile(folder.resolve("latents"), 1, new Window(0, 0, WIDTH, HEIGHT));
    float[] values = new float[WIDTH * HEIGHT];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.2f + 0.4f * (i % WIDTH) / WIDTH + 0.1f * (i / WIDTH) / HEIGHT;
    }
    latents.write(0, HEIGHT, values);
    return latents;
  }

  private float[] decode(TileDecoder decoder) throws IOException {
    SceneTask task = task();
    float[] image = new float[task.window().width() * task.window().height()];
    int[] filled = new int[1];
    try (LatentFile latents = latents()) {
      new SceneDecoding(task, decoder, latents, SceneListener.NONE)
          .run(
              (count, amplitude) -> {
                int length = count * task.window().width();
                System.arraycopy(amplitude, 0, image, filled[0], length);
                filled[0] += length;
              });
    }
    assertEquals(image.length, filled[0]);
    return image;
  }

  /**
   * Pixels as their latents, less a part of the mean of all that is decoded together.
   *
   * @param part of the mean
   */
  private static TileDecoder decoder(double part) {
    return (latents, height, width) -> {
      double mean = 0;
      for (float value : latents) {
        mean += value / latents.length;
      }
      float[] pixels = new float[height * Scenes.FACTOR * width * Scenes.FACTOR];
      for (int i = 0; i < pixels.length; i++) {
        int x = i % (width * Scenes.FACTOR) / Scenes.FACTOR;
        int y = i / (width * Scenes.FACTOR) / Scenes.FACTOR;
        pixels[i] = (float) (latents[y * width + x] - part * (mean - 0.45));
      }
      return pixels;
    };
  }

  @Test
  void whatAgreesIsLeftAsItIs() throws IOException {
    float[] image = decode(decoder(0));
    for (int i = 0; i < image.length; i++) {
      int x = i % (WIDTH * Scenes.FACTOR) / Scenes.FACTOR;
      int y = i / (WIDTH * Scenes.FACTOR) / Scenes.FACTOR;
      assertEquals(0.2f + 0.4f * x / WIDTH + 0.1f * y / HEIGHT, image[i], 1e-6);
    }
  }

  @Test
  void tilesOfOtherBrightnessMeetWithoutAStep() throws IOException {
    DecoderGrid grid = task().decoderGrid();
    assertTrue(grid.columns().count() > 5 && grid.rows().count() > 4, grid.toString());
    float[] image = decode(decoder(0.5));
    double across = 0;
    int stride = WIDTH * Scenes.FACTOR;
    for (int column = 1; column < grid.columns().count(); column++) {
      int x = grid.columns().start(column) * Scenes.FACTOR;
      for (int y = 0; y < HEIGHT * Scenes.FACTOR; y++) {
        across = Math.max(across, Math.abs(image[y * stride + x] - image[y * stride + x - 1]));
      }
    }
    double down = 0;
    for (int row = 1; row < grid.rows().count(); row++) {
      int y = grid.rows().start(row) * Scenes.FACTOR;
      for (int x = 0; x < stride; x++) {
        down = Math.max(down, Math.abs(image[y * stride + x] - image[(y - 1) * stride + x]));
      }
    }
    // Neighbours differ by half of 14 columns' growth, 0.023, and of 14 rows', 0.008; the scene
    // itself grows by 0.0033 from one latent pixel to the next, and by 0.0011.
    assertTrue(across < 0.005, "a step of " + across);
    assertTrue(down < 0.002, "a step of " + down);
  }
}
