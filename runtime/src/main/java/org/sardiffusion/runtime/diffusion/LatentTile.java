package org.sardiffusion.runtime.diffusion;

/**
 * One tile of a {@link TileLayout}.
 *
 * @param x its left column, latent pixels
 * @param y its upper row, latent pixels
 * @param weights what its noise prediction weighs, [height, width] of the cover's tiles, C order.
 *     The array is not copied.
 */
public record LatentTile(int x, int y, float[] weights) {}
