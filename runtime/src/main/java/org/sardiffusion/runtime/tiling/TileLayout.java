package org.sardiffusion.runtime.tiling;

import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;

/**
 * Overlapping tiles of latents that are larger than what the UNet was trained on: every row of
 * tiles has all columns, and a tile's weight in a latent pixel is the product over both axes.
 *
 * <p>At each step the UNet predicts the noise of every tile, and the weighted mean of the
 * predictions makes one step of the whole (Jimenez 2023, "Mixture of Diffusers", arXiv 2302.02412,
 * equation 4). There is one schedule and one noise, so nothing has to be stitched.
 *
 * <p>The layout is that of the whole, whichever part of it is made.
 */
public record TileLayout(AxisTiling columns, AxisTiling rows) {

  /**
   * Square tiles, spread evenly.
   *
   * @param width columns of the latents, at least 1
   * @param height rows, at least 1
   * @param tile side of a tile
   * @param overlap by how much neighbours overlap at least, less than {@code tile}
   * @throws org.sardiffusion.core.raster.RasterException if a value is outside its range
   */
  public static TileLayout even(int width, int height, int tile, int overlap) {
    return new TileLayout(
        AxisTiling.even(width, tile, overlap), AxisTiling.even(height, tile, overlap));
  }

  /** All of the latents. */
  public Window whole() {
    return new Window(0, 0, columns.length(), rows.length());
  }

  /** How many tiles. */
  public int count() {
    return columns.count() * rows.count();
  }

  /** The size of a tile in pixels of the image. */
  public Size tileSize(int factor) {
    return new Size(columns.tile() * factor, rows.tile() * factor);
  }

  /** What a tile covers. */
  public Window tile(int row, int column) {
    return new Window(columns.start(column), rows.start(row), columns.tile(), rows.tile());
  }
}
