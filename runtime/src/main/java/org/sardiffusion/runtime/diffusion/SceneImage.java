package org.sardiffusion.runtime.diffusion;

import java.io.IOException;
import org.sardiffusion.core.raster.Window;

/** An image of a whole scene, read in parts. */
@FunctionalInterface
public interface SceneImage {
  /**
   * Reads a part.
   *
   * @param window pixels of the scene
   * @return normalised amplitude in [0,1], all of it with data, [height, width]
   */
  float[] read(Window window) throws IOException;
}
