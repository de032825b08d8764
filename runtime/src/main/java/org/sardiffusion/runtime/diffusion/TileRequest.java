package org.sardiffusion.runtime.diffusion;

import java.util.List;

/**
 * What {@link ReverseDiffusion#predictTiles} predicts.
 *
 * @param tile what every tile is made like: one image of a tile's size. Its prompt, its seed and
 *     its init do not count; its control images are those of {@link TileNetwork#show}
 * @param prompts what the tiles may show
 * @param first the evaluation that the process begins with: 0 from noise alone, later from an image
 *     ({@link ReverseDiffusion#firstEvaluation})
 */
public record TileRequest(DiffusionRequest tile, List<String> prompts, int first) {
  /**
   * @throws GenerationException if the request is of several images, or of one with an init or
   *     tiles of its own
   */
  public TileRequest {
    prompts = List.copyOf(prompts);
    if (tile.count() != 1 || !(tile.init() instanceof Init.Noise) || tile.cover().isPresent()) {
      throw new GenerationException(
          "Tiles are made like one image without an init image and without tiles of its own.");
    }
  }
}
