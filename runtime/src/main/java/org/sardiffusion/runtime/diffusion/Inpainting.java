package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.runtime.internal.schedule.Schedule;

/**
 * Which part of an init image is made anew, in pixels and in latents.
 *
 * <p>A latent pixel is made anew if the mask covers its upper left image pixel (diffusers shrinks
 * masks by nearest neighbour, {@code prepare_mask_latents}), or if nodata touches it anywhere: the
 * encoder saw no data there.
 */
final class Inpainting {
  private final InitImage image;
  private final boolean[] pixels;
  private final boolean[] latentPixels;

  private Inpainting(Init.Image init, int factor) {
    image = init.image();
    int width = image.size().width();
    int latentWidth = width / factor;
    pixels = new boolean[image.amplitude().length];
    latentPixels = new boolean[pixels.length / (factor * factor)];
    for (int p = 0; p < pixels.length; p++) {
      int row = p / width;
      int column = p % width;
      int latentPixel = row / factor * latentWidth + column / factor;
      boolean nodata = Float.isNaN(image.amplitude()[p]);
      boolean covered = init.mask().isPresent() && init.mask().get().covers(p);
      pixels[p] = nodata || covered;
      boolean corner = row % factor == 0 && column % factor == 0;
      latentPixels[latentPixel] |= nodata || (covered && corner);
    }
  }

  /** What an init asks for; empty where the whole image is made anew. */
  static Optional<Inpainting> of(Init.Image init, int factor) {
    return init.image().hasNodata() || init.mask().isPresent()
        ? Optional.of(new Inpainting(init, factor))
        : Optional.empty();
  }

  /**
   * Puts the latents of the image back where they are to be kept, with always the same noise.
   *
   * @param clean the image's latents, [batch, channels, height, width]
   * @param noise likewise
   */
  InitialState.Known known(Schedule schedule, float[] clean, float[] noise) {
    int calls = schedule.calls();
    float[] noisy = new float[clean.length];
    return (next, latents) -> {
      if (next < calls) {
        schedule.addNoise(next, clean, noise, noisy);
      } else {
        System.arraycopy(clean, 0, noisy, 0, clean.length);
      }
      for (int i = 0; i < latents.length; i++) {
        if (!latentPixels[i % latentPixels.length]) {
          latents[i] = noisy[i];
        }
      }
    };
  }

  /** Puts the pixels of the image back that are to be kept. */
  void restore(float[] amplitude) {
    for (int p = 0; p < amplitude.length; p++) {
      if (!pixels[p]) {
        amplitude[p] = image.amplitude()[p];
      }
    }
  }
}
