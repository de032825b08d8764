package org.sardiffusion.runtime.diffusion;

import java.util.List;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Overlapping tiles of latents that are larger than what the UNet was trained on.
 *
 * <p>At each step the UNet predicts the noise of every tile, and the weighted mean of the
 * predictions makes one step of the whole image (Jimenez 2023, "Mixture of Diffusers", arXiv
 * 2302.02412, equation 4). There is one sampler and one noise, so nothing has to be stitched.
 *
 * @param tileWidth columns of every tile, latent pixels, at least 1
 * @param tileHeight rows of every tile
 * @param tiles where they lie; their weights sum to 1 in every latent pixel
 */
public record TileLayout(int tileWidth, int tileHeight, List<LatentTile> tiles) {
  /** Weights are float32 each; this is what rounding leaves of their sum. */
  private static final double ROUNDING = 1e-4;

  /**
   * @throws GenerationException if there is no tile, or one has no weight for each of its pixels
   */
  public TileLayout {
    tiles = List.copyOf(tiles);
    if (tiles.isEmpty() || tileWidth < 1 || tileHeight < 1) {
      throw new GenerationException("Latents can't be covered by no tile, or by empty ones.");
    }
    for (LatentTile tile : tiles) {
      if (tile.weights().length != tileWidth * tileHeight) {
        throw new GenerationException(
            "A tile of "
                + tileWidth
                + "x"
                + tileHeight
                + " latent pixels can't have "
                + tile.weights().length
                + " weights.");
      }
    }
  }

  /** The size of a tile in pixels of the image. */
  Size tileSize(int factor) {
    return new Size(tileWidth * factor, tileHeight * factor);
  }

  /** The shape of a batch of one tile. */
  LatentShape tileShape(LatentShape whole) {
    return new LatentShape(whole.batch(), whole.channels(), tileHeight, tileWidth);
  }

  /**
   * Refuses a cover of another image.
   *
   * @throws GenerationException if a tile reaches beyond the latents, or the weights in a latent
   *     pixel do not sum to 1
   */
  void requireCovers(int width, int height) {
    double[] sum = new double[width * height];
    for (LatentTile tile : tiles) {
      if (tile.x() < 0
          || tile.y() < 0
          || tile.x() + tileWidth > width
          || tile.y() + tileHeight > height) {
        throw new GenerationException(
            "A tile at "
                + tile.x()
                + ","
                + tile.y()
                + " reaches beyond latents of "
                + width
                + "x"
                + height
                + " pixels.");
      }
      for (int row = 0; row < tileHeight; row++) {
        for (int column = 0; column < tileWidth; column++) {
          sum[(tile.y() + row) * width + tile.x() + column] +=
              tile.weights()[row * tileWidth + column];
        }
      }
    }
    for (double s : sum) {
      if (!(Math.abs(s - 1) <= ROUNDING)) {
        throw new GenerationException(
            "The weights of the tiles sum to " + s + " in a latent pixel, where they must to 1.");
      }
    }
  }
}
