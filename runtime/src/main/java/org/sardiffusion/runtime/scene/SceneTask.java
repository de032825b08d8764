package org.sardiffusion.runtime.scene;

import org.sardiffusion.runtime.diffusion.DiffusionRequest;

/**
 * A scene, or a part of one.
 *
 * @param tile how every tile is made: prompts beside, of the size of a tile; steps, sampler,
 *     guidance, seed and decoder tile are the scene's
 * @param prompts what is where
 * @param tiling of the whole scene's latents
 * @param window the part to make, pixels of the scene
 */
public record SceneTask(
    DiffusionRequest tile, PromptField prompts, SceneTiling tiling, SceneWindow window) {
  /**
   * @throws SceneException if the tiling is of other tiles, or the window reaches beyond the scene
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
    SceneWindow whole =
        new SceneWindow(
            0,
            0,
            Math.multiplyExact(factor, tiling.columns().length()),
            Math.multiplyExact(factor, tiling.rows().length()));
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
