package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.tiling.VaeTiling;
import org.sardiffusion.runtime.scene.SceneException;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * A scene, or a part of one.
 *
 * @param sampling of the whole scene, which is one image
 * @param prompts what is where
 * @param layout the tiles of the whole scene's latents
 * @param window the part to make, pixels of the scene
 * @param guide the image that the scene is made from; empty for noise alone
 */
public record SceneTask(
    Sampling sampling,
    PromptField prompts,
    TileLayout layout,
    Window window,
    Optional<SceneGuide> guide) {

  /** How ControlNets follow the guide, where they do. */
  Optional<ControlScales> control() {
    return guide.flatMap(SceneGuide::control);
  }

  /**
   * What is decoded.
   *
   * @param factor pixels for each latent pixel
   * @throws SceneException if the window reaches beyond the scene
   */
  DecodedPart decoded(int factor) {
    Window whole =
        new Window(
            0,
            0,
            Math.multiplyExact(factor, layout.columns().length()),
            Math.multiplyExact(factor, layout.rows().length()));
    if (!whole.contains(window)) {
      throw new SceneException(
          "The window "
              + window.x()
              + ","
              + window.y()
              + ","
              + window.width()
              + ","
              + window.height()
              + " reaches beyond the scene of "
              + whole.size()
              + " pixels.");
    }
    return new DecodedPart(
        VaeTiling.of(layout.rows().length(), layout.columns().length(), sampling.decodeTile()),
        window,
        factor);
  }
}
