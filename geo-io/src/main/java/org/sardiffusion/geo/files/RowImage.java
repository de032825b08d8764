package org.sardiffusion.geo.files;

import java.nio.file.Path;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.PixelCoding;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;

/**
 * A GeoTIFF that is to be written by rows, with its STAC item.
 *
 * @param path where; ends in {@code .tif} or {@code .tiff}
 * @param size columns and rows
 * @param placement where it lies
 * @param provenance how it was made
 * @param options how it is stored
 */
public record RowImage(
    Path path, Size size, AffineGrid placement, Provenance provenance, WriteOptions options) {

  PixelCoding coding() {
    return new PixelCoding(options.sampleType().orElse(SampleType.FLOAT32), options.nodata());
  }
}
