package org.sardiffusion.runtime.diffusion;

import java.io.IOException;
import java.util.Optional;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.scene.SceneException;

/**
 * An image that a scene is made from: its ControlNets follow it, and the process may begin from it
 * with noise.
 *
 * @param image of the pixels of the whole scene
 * @param strength how much of the reverse process is run from the image, above 0 to 1; at 1 it
 *     starts from noise alone
 * @param control how the model's ControlNets follow the image; empty leaves them out
 */
public record SceneGuide(SceneImage image, double strength, Optional<ControlScales> control) {
  /**
   * @throws SceneException if the strength is out of its range
   */
  public SceneGuide {
    if (!(strength > 0 && strength <= 1)) {
      throw new SceneException(
          "The strength must be above 0 and at most 1, but is " + strength + ".");
    }
  }

  /** Reads a part of the image, pixels of the scene. */
  float[] read(Window pixels) {
    try {
      return image.read(pixels);
    } catch (IOException e) {
      throw new SceneException(
          "Cannot read what the scene is made from: " + e.getMessage() + ".", e);
    }
  }

  /** Whether the process begins from the image. */
  boolean isInit() {
    return strength < 1;
  }
}
