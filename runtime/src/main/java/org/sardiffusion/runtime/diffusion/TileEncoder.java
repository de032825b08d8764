package org.sardiffusion.runtime.diffusion;

/** Encodes tiles of any size. */
@FunctionalInterface
interface TileEncoder {
  /**
   * Encodes a tile.
   *
   * @param amplitude in [0,1], all of it with data, [height * factor, width * factor]
   * @param height rows of the latents
   * @param width columns of the latents
   * @param noise standard normal, [channels, height, width]: the draw from the encoder's Gaussian,
   *     where it gives one
   * @return latents as the UNet knows them, [channels, height, width]
   * @throws GenerationException if the result is not finite
   * @throws org.sardiffusion.runtime.session.DeviceException if memory runs out or the graph fails
   * @throws org.sardiffusion.core.run.CancelledException if the work is cancelled
   */
  float[] encode(float[] amplitude, int height, int width, float[] noise);
}
