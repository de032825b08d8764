package org.sardiffusion.training.dataset;

/**
 * Where a patch lies in its resampled source.
 *
 * @param column of its left edge
 * @param row of its upper edge
 * @param width columns
 * @param height rows
 */
public record PatchWindow(int column, int row, int width, int height) {}
