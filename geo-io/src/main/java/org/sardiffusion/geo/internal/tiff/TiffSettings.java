package org.sardiffusion.geo.internal.tiff;

import java.time.Instant;
import java.util.Optional;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.internal.PixelCoding;

/**
 * How a GeoTIFF is stored.
 *
 * @param coding how pixels are stored
 * @param compression how tiles are compressed
 * @param created the DateTime tag; none when empty, so that equal images make equal files
 */
public record TiffSettings(
    PixelCoding coding, Compression compression, Optional<Instant> created) {}
