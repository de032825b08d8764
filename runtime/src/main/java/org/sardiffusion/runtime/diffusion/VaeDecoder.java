package org.sardiffusion.runtime.diffusion;

import java.util.Map;
import org.sardiffusion.runtime.bundle.VaeConfig;
import org.sardiffusion.runtime.session.Cancellation;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * From latents to amplitude: unscale, decode, average the three channels, map [-1,1] to [0,1],
 * clip.
 *
 * <p>One image at a time, so that memory does not grow with the batch. Large images are decoded in
 * tiles. Every tile carries a margin of context that is cut off afterwards: cross-fading tiles
 * would smooth the speckle along the seams.
 */
final class VaeDecoder {
  /**
   * Context around a tile, in latent pixels; beyond it the decoder's convolutions see next to
   * nothing.
   */
  private static final int MARGIN = 16;

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
    float[] unscaled = unscale(latents, height * width);
    int factor = vae.factor();
    float[] amplitude = new float[Math.multiplyExact(height * factor, width * factor)];
    boolean whole = height <= tile + 2 * MARGIN && width <= tile + 2 * MARGIN;
    int coreHeight = whole ? height : tile;
    int coreWidth = whole ? width : tile;
    for (int top = 0; top < height; top += coreHeight) {
      for (int left = 0; left < width; left += coreWidth) {
        Window core =
            new Window(
                top, left, Math.min(coreHeight, height - top), Math.min(coreWidth, width - left));
        Window context = core.grow(MARGIN, height, width);
        float[] decoded =
            decode(session, context.cut(unscaled, height, width), context, cancellation);
        for (int row = 0; row < core.height * factor; row++) {
          int from =
              ((core.top - context.top) * factor + row) * context.width * factor
                  + (core.left - context.left) * factor;
          int to = (core.top * factor + row) * width * factor + core.left * factor;
          System.arraycopy(decoded, from, amplitude, to, core.width * factor);
        }
      }
    }
    return amplitude;
  }

  /**
   * {@code latents / scaling_factor}, or {@code latents * std / scaling_factor + mean} per channel.
   */
  private float[] unscale(float[] latents, int plane) {
    float[] unscaled = new float[latents.length];
    for (int i = 0; i < latents.length; i++) {
      int channel = i / plane;
      if (vae.latentsMean().isPresent() && vae.latentsStd().isPresent()) {
        double std = vae.latentsStd().get()[channel];
        unscaled[i] =
            (float) (latents[i] * std / vae.scalingFactor() + vae.latentsMean().get()[channel]);
      } else {
        unscaled[i] = (float) (latents[i] / vae.scalingFactor());
      }
    }
    return unscaled;
  }

  private float[] decode(
      GraphSession session, float[] latents, Window size, Cancellation cancellation) {
    int plane = size.height * vae.factor() * size.width * vae.factor();
    try (HostTensor input =
            session.newInput("latent_sample", 1, vae.latentChannels(), size.height, size.width);
        HostTensor output =
            session.newOutput(
                "sample",
                1,
                3,
                (long) size.height * vae.factor(),
                (long) size.width * vae.factor())) {
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
        amplitude[i] = Math.min(1f, Math.max(0f, amplitude[i] / 6f + 0.5f));
      }
      return amplitude;
    }
  }

  /** A rectangle of latent pixels. */
  private record Window(int top, int left, int height, int width) {
    Window grow(int margin, int maxHeight, int maxWidth) {
      int newTop = Math.max(0, top - margin);
      int newLeft = Math.max(0, left - margin);
      return new Window(
          newTop,
          newLeft,
          Math.min(maxHeight, top + height + margin) - newTop,
          Math.min(maxWidth, left + width + margin) - newLeft);
    }

    float[] cut(float[] planes, int fullHeight, int fullWidth) {
      int channels = planes.length / (fullHeight * fullWidth);
      float[] cut = new float[channels * height * width];
      for (int c = 0; c < channels; c++) {
        for (int row = 0; row < height; row++) {
          System.arraycopy(
              planes,
              (c * fullHeight + top + row) * fullWidth + left,
              cut,
              (c * height + row) * width,
              width);
        }
      }
      return cut;
    }
  }
}
