package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.tiling.Planes;
import org.sardiffusion.runtime.internal.tiling.TileRange;
import org.sardiffusion.runtime.internal.tiling.VaeTiling;

/**
 * From an image of a scene to rows of latents, in the tiles in which the scene is decoded: those of
 * the whole scene, so that a place always has the same latents.
 *
 * @param part the tiles
 * @param held the latents wanted
 */
record SceneEncoding(
    DecodedPart part, SceneGuide guide, VaeEncoder encoder, int channels, Window held) {

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
    void write(int top, float[] latents);
  }

  void run(Draws draws, LatentSink sink) {
    VaeTiling tiling = part.tiling();
    TileRange tiles = tiling.touching(held);
    for (int row = tiles.firstRow(); row <= tiles.lastRow(); row++) {
      Window core = tiling.core(row, tiles.firstColumn());
      int top = Math.max(held.y(), core.y());
      int bottom = Math.min(held.bottom(), core.bottom());
      Planes strip = Planes.of(Window.between(held.x(), top, held.right(), bottom), channels);
      for (int column = tiles.firstColumn(); column <= tiles.lastColumn(); column++) {
        Window context = tiling.context(row, column);
        new Planes(context, encode(context, draws))
            .copy(tiling.core(row, column).intersection(strip.window()), strip);
      }
      sink.write(top, strip.values());
    }
  }

  private float[] encode(Window context, Draws draws) {
    float[] noise = new float[channels * context.height() * context.width()];
    draws.fill(context, noise);
    float[] pixels = guide.read(context.times(part.factor()));
    return encoder.encode(pixels, context.height(), context.width(), noise);
  }
}
