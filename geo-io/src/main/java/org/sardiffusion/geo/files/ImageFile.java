package org.sardiffusion.geo.files;

import java.nio.file.Path;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.Georeference;

/**
 * A file that is to be written.
 *
 * @param path where; the ending picks the format
 * @param place where the image lies; noted in GeoTIFF and STAC only
 * @param provenance how the image was made
 * @param options how it is stored
 */
public record ImageFile(
    Path path, Georeference place, Provenance provenance, WriteOptions options) {}
