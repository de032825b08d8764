package org.sardiffusion.geo.internal.tiff;

import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;

/**
 * What a GeoTIFF holds beside its pixels.
 *
 * @param size columns and rows
 * @param place where it lies: an affine grid, rotated or not, or control points, as slant-range
 *     images have them
 * @param spacing of its pixels in metres, to be noted where the place does not say it, as control
 *     points don't
 * @param provenance what the file says about its making
 * @param settings how it is stored; integers hold amplitudes of [0,1], FLOAT32 any
 */
public record GeoTiffImage(
    Size size,
    Georeference place,
    Optional<Spacing> spacing,
    Provenance provenance,
    TiffSettings settings) {}
