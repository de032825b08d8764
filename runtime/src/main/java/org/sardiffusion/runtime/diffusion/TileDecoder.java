package org.sardiffusion.runtime.diffusion;

/**
 * The VAE's decoder for tiles of any size: for those who hold larger latents themselves. Valid
 * within the work that {@link ReverseDiffusion#decodeTiles} runs.
 */
@FunctionalInterface
public interface TileDecoder {
  /** Context around a tile, in latent pixels, as far as a VAE's convolutions see. */
  int MARGIN = LatentGrid.MARGIN;

  /**
   * Decodes a tile.
   *
   * @param latents [channels, height, width] as the sampler left them
   * @return amplitude, 0 to 1 but not clipped, [height * factor, width * factor]
   * @throws GenerationException if the values are not finite
   * @throws org.sardiffusion.runtime.session.DeviceException if the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if the work is cancelled
   */
  float[] decode(float[] latents, int height, int width);
}
