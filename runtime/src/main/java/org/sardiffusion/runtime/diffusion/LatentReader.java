package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Window;

/** The finished latents of an image or a scene, read in parts. */
@FunctionalInterface
interface LatentReader {
  /**
   * Reads a part.
   *
   * @return [channels, height, width] of the window; not to be changed
   */
  float[] read(Window window);
}
