package org.sardiffusion.geo.files;

import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.geo.AmplitudeImage;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;

/**
 * A file to be written.
 *
 * @param path where; the ending picks the format
 * @param images one; for {@code .npy} any number of one size
 * @param placement where the image lies; noted in GeoTIFF and STAC only
 * @param provenance how the images were made
 * @param options how they are stored
 */
public record WriteRequest(
    Path path,
    List<AmplitudeImage> images,
    AffineGrid placement,
    Provenance provenance,
    WriteOptions options) {

  public WriteRequest {
    images = List.copyOf(images);
  }
}
