package org.sardiffusion.geo.internal.terrasarx;

import org.sardiffusion.geo.raster.Spacing;

/** What rows and columns of a product measure. */
public sealed interface ProductGeometry permits SlantGeometry, GroundGeometry, MapGeometry {
  /** The distance between pixels, metres. */
  Spacing spacing();
}
