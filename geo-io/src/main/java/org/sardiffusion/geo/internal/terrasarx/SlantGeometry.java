package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.Spacing;

/**
 * Columns in slant range, rows along the track, of SSC products.
 *
 * @param spacing slant range between columns, distance on the ground between rows, metres
 * @param firstRangeTime two-way travel time of the first column, seconds
 * @param columnTime two-way travel time from one column to the next, seconds
 * @param rowTime zero-Doppler time from one row to the next, seconds
 */
public record SlantGeometry(
    Spacing spacing, double firstRangeTime, double columnTime, double rowTime)
    implements ProductGeometry {}
