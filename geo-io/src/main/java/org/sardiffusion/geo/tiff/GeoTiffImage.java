package org.sardiffusion.geo.tiff;

import java.util.Optional;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;

/**
 * What a GeoTIFF that is written by rows will hold.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param place where it lies: an affine grid, rotated or not, or control points, as slant-range
 *     images have them
 * @param spacing of its pixels in metres, written beside the place, which of control points does
 *     not say it
 * @param provenance what the file says about its making
 * @param settings how it is stored; integers hold amplitudes of [0,1], FLOAT32 any
 */
public record GeoTiffImage(
    int width,
    int height,
    Georeference place,
    Optional<Spacing> spacing,
    Provenance provenance,
    TiffSettings settings) {
  /**
   * @throws IllegalArgumentException if there are no pixels
   */
  public GeoTiffImage {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("No image: " + width + "x" + height);
    }
  }
}
