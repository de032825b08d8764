package org.sardiffusion.runtime.scene;

import java.io.IOException;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.diffusion.TileEncoder;

/**
 * From an image of a scene to rows of latents, in the tiles in which the scene is decoded: those of
 * the whole scene, so that a place always has the same latents.
 */
final class SceneEncoding {
  private final SceneTask task;
  private final TileEncoder encoder;
  private final int channels;
  private final Window held;
  private final DecoderGrid grid;
  private final TileRange tiles;

  /**
   * @param held the latents wanted
   */
  SceneEncoding(SceneTask task, TileEncoder encoder, int channels, Window held) {
    this.task = task;
    this.encoder = encoder;
    this.channels = channels;
    this.held = held;
    this.grid = task.decoderGrid();
    this.tiles = grid.touching(held, 1);
  }

  /** Draws for the encoder's Gaussian. */
  @FunctionalInterface
  interface Draws {
    /**
     * @param window latent pixels of the scene
     * @param noise receives standard normal noise, [channels, height, width]
     */
    void fill(Window window, float[] noise);
  }

  /** Takes rows of what is held. */
  @FunctionalInterface
  interface LatentSink {
    /**
     * @param latents [channels, rows, width of what is held]
     */
    void write(int top, int rows, float[] latents) throws IOException;
  }

  void run(Draws draws, LatentSink sink) throws IOException {
    for (int row = tiles.firstRow(); row <= tiles.lastRow(); row++) {
      int top = Math.max(held.y(), grid.rows().start(row));
      int rows = Math.min(held.bottom(), grid.rows().start(row + 1)) - top;
      float[] strip = new float[channels * rows * held.width()];
      for (int column = tiles.firstColumn(); column <= tiles.lastColumn(); column++) {
        Window context = grid.context(row, column);
        float[] latents = encode(context, draws);
        int left = Math.max(held.x(), grid.columns().start(column));
        int right = Math.min(held.right(), grid.columns().start(column + 1));
        for (int line = 0; line < channels * rows; line++) {
          int channel = line / rows;
          int y = top + line % rows;
          System.arraycopy(
              latents,
              (channel * context.height() + y - context.y()) * context.width() + left - context.x(),
              strip,
              line * held.width() + left - held.x(),
              right - left);
        }
      }
      sink.write(top, rows, strip);
    }
  }

  private float[] encode(Window context, Draws draws) throws IOException {
    int factor = task.factor();
    Window pixels =
        new Window(
            context.x() * factor,
            context.y() * factor,
            context.width() * factor,
            context.height() * factor);
    float[] noise = new float[channels * context.height() * context.width()];
    draws.fill(context, noise);
    return encoder.encode(
        task.guide().orElseThrow().image().read(pixels), context.height(), context.width(), noise);
  }
}
