package org.sardiffusion.runtime.diffusion;

/**
 * The tiles in which a VAE encodes or decodes an image.
 *
 * @param height of the image, latent pixels
 * @param width of the image
 * @param side of a tile
 */
record LatentGrid(int height, int width, int side) {
  /** Context around a tile, in latent pixels, as far as a VAE's convolutions see. */
  static final int MARGIN = 16;

  /**
   * The grid of an image.
   *
   * @param tile side of a tile; images of at most this size plus both margins are one tile
   */
  static LatentGrid of(int height, int width, int tile) {
    int longer = Math.max(height, width);
    return new LatentGrid(height, width, longer - 2 * MARGIN <= tile ? longer : tile);
  }

  int rows() {
    return (height - 1) / side + 1;
  }

  int columns() {
    return (width - 1) / side + 1;
  }

  /** What a tile contributes. */
  LatentWindow core(int row, int column) {
    int top = row * side;
    int left = column * side;
    return new LatentWindow(top, left, Math.min(side, height - top), Math.min(side, width - left));
  }

  /** What a tile is computed from. */
  LatentWindow context(int row, int column) {
    return core(row, column).grow(MARGIN, height, width);
  }
}
