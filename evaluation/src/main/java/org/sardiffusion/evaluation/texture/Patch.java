package org.sardiffusion.evaluation.texture;

/**
 * A square of an image.
 *
 * @param x first column
 * @param y first row
 * @param side pixels
 */
public record Patch(int x, int y, int side) {}
