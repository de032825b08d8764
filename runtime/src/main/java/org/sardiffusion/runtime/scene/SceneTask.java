package org.sardiffusion.runtime.scene;

import java.util.Optional;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.diffusion.DiffusionRequest;

/**
 * A scene, or a part of one.
 *
 * @param tile how every tile is made: prompts beside, of the size of a tile; steps, sampler,
 *     guidance, seed and decoder tile are the scene's. Its control, if it has any, says how the
 *     ControlNets follow the guide; its control images do not count
 * @param prompts what is where
 * @param tiling of the whole scene's latents
 * @param window the part to make, pixels of the scene
 * @param guide the image that the scene is made from; empty for noise alone
 */
public record SceneTask(
    DiffusionRequest tile,
    PromptField prompts,
    SceneTiling tiling,
    Window window,
    Optional<SceneGuide> guide) {
  /**
   * @throws SceneException if the tiling is of other tiles, the window reaches beyond the scene, or
   *     control has no guide
   */
  public SceneTask {
    int factor = tile.size().width() / tiling.columns().tile();
    if (factor < 1
        || factor * tiling.columns().tile() != tile.size().width()
        || factor * tiling.rows().tile() != tile.size().height()) {
      throw new SceneException(
          "Tiles of "
              + tile.size()
              + " pixels are no tiles of "
              + tiling.columns().tile()
              + "x"
              + tiling.rows().tile()
              + " latent pixels.");
    }
    Window whole =
        new Window(
            0,
            0,
            Math.multiplyExact(factor, tiling.columns().length()),
            Math.multiplyExact(factor, tiling.rows().length()));
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
  public SceneTask(DiffusionRequest tile, PromptField prompts, SceneTiling tiling, Window window) {
    this(tile, prompts, tiling, window, Optional.empty());
  }

  /** Pixels for each latent pixel. */
  int factor() {
    return tile.size().width() / tiling.columns().tile();
  }

  DecoderGrid decoderGrid() {
    return new DecoderGrid(
        DecoderGrid.Axis.of(tiling.rows().length(), tile.decodeTile()),
        DecoderGrid.Axis.of(tiling.columns().length(), tile.decodeTile()));
  }
}
