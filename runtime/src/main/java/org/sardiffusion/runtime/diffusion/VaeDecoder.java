package org.sardiffusion.runtime.diffusion;

import java.util.Map;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.VaeConfig;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * From latents to amplitude: unscale, decode, average the three channels, map [-1,1] to [0,1],
 * clip.
 *
 * <p>One image at a time, so that memory does not grow with the batch. Large images are decoded in
 * tiles. Every tile carries a margin of context that is cut off afterwards: cross-fading tiles
 * would smooth the speckle along the seams. What a tile can't know is the rest of the image, of
 * which group normalisation takes the statistics and the attention a share; {@link TileOffsets}
 * takes back what that does to the brightness. What is left is a contrast that differs a little
 * from tile to tile where an image is uneven: decode whole what the memory allows.
 */
final class VaeDecoder {
  private final VaeConfig vae;
  private final int tile;

  /**
   * @param tile side of the core of a tile, in latent pixels; images of at most this size plus both
   *     margins are decoded whole
   */
  VaeDecoder(VaeConfig vae, int tile) {
    this.vae = vae;
    this.tile = tile;
  }

  /**
   * Decodes the latents of one image.
   *
   * @param latents [channels, height, width] as the sampler left them
   * @return amplitude in [0,1], [height * factor, width * factor]
   */
  float[] decode(
      GraphSession session, float[] latents, int height, int width, Cancellation cancellation) {
    float[] unscaled = new LatentScale(vae).toVae(latents, height * width);
    int factor = vae.factor();
    float[] amplitude = new float[Math.multiplyExact(height * factor, width * factor)];
    LatentGrid grid = LatentGrid.of(height, width, tile);
    TileOffsets levels = new TileOffsets(grid.rows(), grid.columns());
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        LatentWindow core = grid.core(row, column);
        LatentWindow context = grid.context(row, column);
        float[] decoded =
            decode(session, context.cut(unscaled, height, width), context, cancellation);
        for (int line = 0; line < core.height() * factor; line++) {
          int from =
              ((core.top() - context.top()) * factor + line) * context.width() * factor
                  + (core.left() - context.left()) * factor;
          int to = (core.top() * factor + line) * width * factor + core.left() * factor;
          System.arraycopy(decoded, from, amplitude, to, core.width() * factor);
        }
        for (TileOffsets.Side side : TileOffsets.Side.values()) {
          if (levels.hasNeighbour(row, column, side)) {
            LatentWindow shared =
                context.intersection(grid.context(row + side.rows, column + side.columns));
            levels.shared(row, column, side, mean(decoded, context, shared));
          }
        }
      }
    }
    double[] offsets = levels.offsets();
    for (int row = 0; row < grid.rows(); row++) {
      for (int column = 0; column < grid.columns(); column++) {
        finish(
            amplitude,
            width * factor,
            grid.core(row, column),
            (float) offsets[row * grid.columns() + column]);
      }
    }
    return amplitude;
  }

  /**
   * Decodes latents as one tile.
   *
   * @param latents as for {@link #decode(GraphSession, float[], int, int, Cancellation)}
   * @return amplitude as the decoder gives it, not clipped
   */
  float[] decodeOnce(
      GraphSession session, float[] latents, int height, int width, Cancellation cancellation) {
    return decode(
        session,
        new LatentScale(vae).toVae(latents, height * width),
        new LatentWindow(0, 0, height, width),
        cancellation);
  }

  /** The mean of a part of a decoded window. */
  private double mean(float[] decoded, LatentWindow window, LatentWindow part) {
    int factor = vae.factor();
    double sum = 0;
    for (int line = 0; line < part.height() * factor; line++) {
      int from =
          ((part.top() - window.top()) * factor + line) * window.width() * factor
              + (part.left() - window.left()) * factor;
      for (int i = from; i < from + part.width() * factor; i++) {
        sum += decoded[i];
      }
    }
    return sum / ((double) part.height() * factor * part.width() * factor);
  }

  /** Levels one tile of the image and clips it. */
  private void finish(float[] amplitude, int stride, LatentWindow core, float offset) {
    int factor = vae.factor();
    for (int line = core.top() * factor; line < (core.top() + core.height()) * factor; line++) {
      int from = line * stride + core.left() * factor;
      for (int i = from; i < from + core.width() * factor; i++) {
        amplitude[i] = Math.min(1f, Math.max(0f, amplitude[i] + offset));
      }
    }
  }

  private float[] decode(
      GraphSession session, float[] latents, LatentWindow size, Cancellation cancellation) {
    int plane = size.height() * vae.factor() * size.width() * vae.factor();
    try (HostTensor input =
            session.newInput(
                "latent_sample", 1, vae.latentChannels(), size.height(), size.width());
        HostTensor output =
            session.newOutput(
                "sample",
                1,
                3,
                (long) size.height() * vae.factor(),
                (long) size.width() * vae.factor())) {
      input.put(0, latents);
      session.bind(Map.of("latent_sample", input), Map.of("sample", output)).run(cancellation);
      float[] amplitude = new float[plane];
      float[] channel = new float[plane];
      for (int c = 0; c < 3; c++) {
        output.get(c * plane, channel);
        for (int i = 0; i < plane; i++) {
          amplitude[i] += channel[i];
        }
      }
      for (int i = 0; i < plane; i++) {
        if (!Float.isFinite(amplitude[i])) {
          throw new GenerationException(
              session.model()
                  + " decoded to values that are not finite: its half precision overflows. Set force_upcast to true in"
                  + " its config.json, or export the decoder in fp32.");
        }
        amplitude[i] = amplitude[i] / 6f + 0.5f;
      }
      return amplitude;
    }
  }
}
