package org.sardiffusion.geo.raster;

import java.util.Optional;

/**
 * A place given by an affine map, perhaps rotated.
 *
 * @param map from column and row to coordinates
 * @param crs the coordinate system of those, such as {@code EPSG:32631}, longitude or easting
 *     first; empty if the file names none that the EPSG register has
 */
public record AffineGrid(Affine map, Optional<String> crs) implements Georeference {}
