package org.sardiffusion.runtime.diffusion;

/** Decodes tiles of any size. */
@FunctionalInterface
interface TileDecoder {
  /**
   * Decodes a tile.
   *
   * @param latents [channels, height, width] as the sampler left them; read only
   * @return amplitude, 0 to 1 but not clipped, [height * factor, width * factor]
   * @throws GenerationException if the values are not finite
   * @throws org.sardiffusion.runtime.session.DeviceException if the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if the work is cancelled
   */
  float[] decode(float[] latents, int height, int width);
}
