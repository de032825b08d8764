package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.scene.SceneException;
import org.sardiffusion.runtime.tiling.TileLayout;
import org.sardiffusion.runtime.tiling.VaeTiling;

/**
 * A scene, or a part of one.
 *
 * @param tile how every tile is made: prompts beside, of the size of a tile; steps, sampler,
 *     guidance, seed and decoder tile are the scene's. Its control, if it has any, says how the
 *     ControlNets follow the guide; its control images do not count
 * @param prompts what is where
 * @param layout the tiles of the whole scene's latents
 * @param window the part to make, pixels of the scene
 * @param guide the image that the scene is made from; empty for noise alone
 */
public record SceneTask(
    DiffusionRequest tile,
    PromptField prompts,
    TileLayout layout,
    Window window,
    Optional<SceneGuide> guide) {
  /**
   * @throws SceneException if the tiling is of other tiles, the window reaches beyond the scene, or
   *     control has no guide
   */
  public SceneTask {
    int factor = tile.size().width() / layout.columns().tile();
    if (factor < 1
        || factor * layout.columns().tile() != tile.size().width()
        || factor * layout.rows().tile() != tile.size().height()) {
      throw new SceneException(
          "Tiles of "
              + tile.size()
              + " pixels are no tiles of "
              + layout.columns().tile()
              + "x"
              + layout.rows().tile()
              + " latent pixels.");
    }
    Window whole =
        new Window(
            0,
            0,
            Math.multiplyExact(factor, layout.columns().length()),
            Math.multiplyExact(factor, layout.rows().length()));
    if (tile.control().isPresent() && guide.isEmpty()) {
      throw new SceneException("Control of a scene needs an image of the scene.");
    }
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
              + whole.width()
              + "x"
              + whole.height()
              + " pixels.");
    }
  }

  /**
   * A scene from noise alone.
   *
   * @throws SceneException as above
   */
  public SceneTask(DiffusionRequest tile, PromptField prompts, TileLayout layout, Window window) {
    this(tile, prompts, layout, window, Optional.empty());
  }

  /** Pixels for each latent pixel. */
  int factor() {
    return tile.size().width() / layout.columns().tile();
  }

  /** What is decoded. */
  DecodedPart decoded() {
    return new DecodedPart(
        VaeTiling.of(layout.rows().length(), layout.columns().length(), tile.decodeTile()),
        window,
        factor());
  }
}
