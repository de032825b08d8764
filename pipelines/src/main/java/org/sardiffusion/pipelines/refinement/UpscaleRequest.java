package org.sardiffusion.pipelines.refinement;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.geo.tiff.Compression;

/**
 * A file to refine, and where the result goes.
 *
 * @param input what is refined
 * @param settings how
 * @param output where it goes
 */
public record UpscaleRequest(RadarInput input, RefinementSettings settings, Output output) {

  /**
   * Where a refined image goes.
   *
   * @param image a GeoTIFF
   * @param compression of its pixels, any but LZW
   * @param preview a PNG of input, output and the difference of their local means
   * @param report an HTML page of histograms, local means and spectra before and after
   */
  public record Output(
      Path image, Compression compression, Optional<Path> preview, Optional<Path> report) {
    /**
     * @throws RefinementException if the image is to be no GeoTIFF
     */
    public Output {
      String name = image.toString().toLowerCase(java.util.Locale.ROOT);
      if (!name.endsWith(".tif") && !name.endsWith(".tiff")) {
        throw new RefinementException(
            "A refined image keeps its place on Earth, so it is written as GeoTIFF: name it .tif, not "
                + image.getFileName()
                + ".");
      }
    }

    /** A GeoTIFF alone. */
    public static Output to(Path image) {
      return new Output(image, Compression.DEFLATE, Optional.empty(), Optional.empty());
    }
  }
}
