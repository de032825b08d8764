package org.sardiffusion.geo.raster;

/**
 * One position of an image whose coordinates are known.
 *
 * @param column from the left edge of the image, in pixels
 * @param row from its upper edge, in pixels
 * @param x easting or longitude
 * @param y northing or latitude
 * @param z height, metres; 0 where the file has none
 */
public record ControlPoint(double column, double row, double x, double y, double z) {}
