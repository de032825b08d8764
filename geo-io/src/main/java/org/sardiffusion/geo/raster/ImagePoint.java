package org.sardiffusion.geo.raster;

/**
 * A position within an image, from the corner of its first pixel, whose centre is at (0.5, 0.5).
 *
 * @param column along a row, pixels
 * @param row along a column, pixels
 */
public record ImagePoint(double column, double row) {}
