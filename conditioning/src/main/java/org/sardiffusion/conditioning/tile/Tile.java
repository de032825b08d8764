package org.sardiffusion.conditioning.tile;

/**
 * A rectangle of an image.
 *
 * @param x left column
 * @param y upper row
 * @param width columns
 * @param height rows
 */
public record Tile(int x, int y, int width, int height) {}
