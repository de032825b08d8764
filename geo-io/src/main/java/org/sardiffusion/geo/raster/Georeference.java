package org.sardiffusion.geo.raster;

/**
 * Where the pixels of an image lie on Earth.
 *
 * <p>Positions within the image count from the upper left <em>corner</em> of the upper left pixel,
 * whose centre is at column 0.5, row 0.5, as GDAL counts; readers shift files that count from
 * centres.
 */
public sealed interface Georeference
    permits NoGeoreference, AffineGrid, ControlPoints, LocationGrid {
  /** The place is not known. */
  static Georeference none() {
    return new NoGeoreference();
  }
}
