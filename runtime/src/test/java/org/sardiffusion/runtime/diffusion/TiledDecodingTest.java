package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.tiling.Planes;
import org.sardiffusion.runtime.internal.tiling.VaeTiling;

/** Decoder tiles that disagree in brightness, as group normalisation makes them. */
class TiledDecodingTest {
  private static final int WIDTH = 120;
  private static final int HEIGHT = 90;

  private static DecodedPart all() {
    return new DecodedPart(
        VaeTiling.of(HEIGHT, WIDTH, 14),
        new Window(0, 0, WIDTH * Scenes.FACTOR, HEIGHT * Scenes.FACTOR),
        Scenes.FACTOR);
  }

  /** Latents that grow brighter from the left to the right, and a little towards the bottom. */
  private static Planes latents() {
    Planes latents = Planes.of(new Window(0, 0, WIDTH, HEIGHT), 1);
    for (int i = 0; i < latents.values().length; i++) {
      latents.values()[i] = 0.2f + 0.4f * (i % WIDTH) / WIDTH + 0.1f * (i / WIDTH) / HEIGHT;
    }
    return latents;
  }

  private static float[] decode(DecodedPart part, TileDecoder decoder) {
    Window window = part.window();
    float[] image = new float[window.width() * window.height()];
    int[] filled = new int[1];
    new TiledDecoding(part, where -> latents().cut(where).values(), decoder, () -> {})
        .run(
            (first, rows, amplitude) -> {
              assertEquals(first * window.width(), filled[0]);
              int length = rows * window.width();
              System.arraycopy(amplitude, 0, image, filled[0], length);
              filled[0] += length;
            });
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
  void whatAgreesIsLeftAsItIs() {
    float[] image = decode(all(), decoder(0));
    for (int i = 0; i < image.length; i++) {
      int x = i % (WIDTH * Scenes.FACTOR) / Scenes.FACTOR;
      int y = i / (WIDTH * Scenes.FACTOR) / Scenes.FACTOR;
      assertEquals(0.2f + 0.4f * x / WIDTH + 0.1f * y / HEIGHT, image[i], 1e-6);
    }
  }

  @Test
  void tilesOfOtherBrightnessMeetWithoutAStep() {
    VaeTiling tiling = all().tiling();
    assertTrue(tiling.columns().count() > 5 && tiling.rows().count() > 4, tiling.toString());
    float[] image = decode(all(), decoder(0.5));
    double across = 0;
    int stride = WIDTH * Scenes.FACTOR;
    for (int column = 1; column < tiling.columns().count(); column++) {
      int x = tiling.columns().starts().get(column) * Scenes.FACTOR;
      for (int y = 0; y < HEIGHT * Scenes.FACTOR; y++) {
        across = Math.max(across, Math.abs(image[y * stride + x] - image[y * stride + x - 1]));
      }
    }
    double down = 0;
    for (int row = 1; row < tiling.rows().count(); row++) {
      int y = tiling.rows().starts().get(row) * Scenes.FACTOR;
      for (int x = 0; x < stride; x++) {
        down = Math.max(down, Math.abs(image[y * stride + x] - image[(y - 1) * stride + x]));
      }
    }
    // Neighbours differ by half of 14 columns' growth, 0.023, and of 14 rows', 0.008; the scene
    // itself grows by 0.0033 from one latent pixel to the next, and by 0.0011.
    assertTrue(across < 0.005, "a step of " + across);
    assertTrue(down < 0.002, "a step of " + down);
  }

  /** A part has the pixels that it has in the whole. */
  @Test
  void aPartIsThatOfTheWhole() {
    float[] whole = decode(all(), decoder(0.5));
    Window window = new Window(301, 97, 150, 260);
    DecodedPart part = new DecodedPart(all().tiling(), window, Scenes.FACTOR);
    assertTrue(part.decoded().count() < all().decoded().count());
    Planes expected = new Planes(all().window(), whole).cut(window);
    assertArrayEquals(expected.values(), decode(part, decoder(0.5)));
  }
}
