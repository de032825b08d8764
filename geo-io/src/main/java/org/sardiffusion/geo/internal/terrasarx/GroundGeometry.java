package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.Spacing;

/**
 * Columns in ground range, rows along the track, of MGD products.
 *
 * @param spacing of the pixels on the ground, metres
 */
public record GroundGeometry(Spacing spacing) implements ProductGeometry {}
