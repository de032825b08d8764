package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.tiling.TileRange;
import org.sardiffusion.runtime.internal.tiling.VaeTiling;

/**
 * A part of an image, or all of it, and the decoder tiles that it takes.
 *
 * @param tiling of the whole
 * @param window the part, pixels of the whole
 * @param factor pixels for each latent pixel
 */
record DecodedPart(VaeTiling tiling, Window window, int factor) {
  /** The tiles whose pixels it shows. */
  TileRange shown() {
    return tiling.touching(
        Window.between(
            window.x() / factor,
            window.y() / factor,
            (window.right() - 1) / factor + 1,
            (window.bottom() - 1) / factor + 1));
  }

  /** These and their neighbours, whose brightness counts. */
  TileRange decoded() {
    return tiling.withNeighbours(shown());
  }

  /** The latents that are decoded. */
  Window latents() {
    return tiling.contextOf(decoded());
  }

  /** What a tile shows of it, pixels of the whole. */
  Window shownOf(int row, int column) {
    return tiling.core(row, column).times(factor).intersection(window);
  }
}
