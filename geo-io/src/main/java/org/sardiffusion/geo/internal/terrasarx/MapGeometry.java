package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Spacing;

/**
 * Columns and rows of a map, of GEC and EEC products.
 *
 * @param spacing of the pixels on the map, metres
 * @param grid where they lie
 */
public record MapGeometry(Spacing spacing, AffineGrid grid) implements ProductGeometry {}
