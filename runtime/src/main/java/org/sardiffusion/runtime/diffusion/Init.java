package org.sardiffusion.runtime.diffusion;

import java.util.Optional;

/** What the reverse diffusion starts from. */
public sealed interface Init {

  /** Noise alone. */
  record Noise() implements Init {}

  /**
   * An image with noise added: image to image (Meng et al. 2022, "SDEdit"; diffusers' {@code
   * StableDiffusionXLImg2ImgPipeline}), or with a mask or nodata inpainting ({@code
   * StableDiffusionXLInpaintPipeline} with a UNet of 4 channels).
   *
   * <p>Inpainting puts the latents of what is to be kept back after each step, at the noise level
   * of that step, and its pixels into the finished image. Nodata of the image (NaN) is made anew
   * like what the mask covers, each together with the whole latent pixel that it touches.
   *
   * @param image the image, of the size that is generated
   * @param strength how much of the reverse process to run: above 0, where nothing changes, to 1.
   *     Of n steps the last {@code floor(n strength)} are taken. Inpainting at 1 starts from noise
   *     alone, image to image from the image at the highest noise level.
   * @param mask what is made anew besides nodata
   */
  record Image(InitImage image, double strength, Optional<Mask> mask) implements Init {
    /**
     * @throws GenerationException if the strength is out of its range, or the mask is of another
     *     size
     */
    public Image {
      if (!(strength > 0 && strength <= 1)) {
        throw new GenerationException(
            "The strength must be above 0 and at most 1, but is " + strength + ".");
      }
      if (mask.isPresent() && !mask.get().size().equals(image.size())) {
        throw new GenerationException(
            "The mask is of "
                + mask.get().size()
                + " pixels and the init image of "
                + image.size()
                + ": bring them to the same size.");
      }
    }
  }
}
