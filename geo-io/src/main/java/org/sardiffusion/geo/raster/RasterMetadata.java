package org.sardiffusion.geo.raster;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a file says about its image.
 *
 * @param file the file that was opened
 * @param encoding how its pixels are stored
 * @param spacing the distance between pixels, if it is known
 * @param georeference where the pixels lie on Earth
 * @param acquisition how the image was taken
 */
public record RasterMetadata(
    Path file,
    Encoding encoding,
    Optional<Spacing> spacing,
    Georeference georeference,
    Acquisition acquisition) {

  /** Of a file that describes its pixels and nothing else. */
  public static RasterMetadata bare(Path file, Encoding encoding) {
    return new RasterMetadata(
        file, encoding, Optional.empty(), Georeference.none(), Acquisition.unknown());
  }

  /** The same with pixels stored otherwise. */
  public RasterMetadata withEncoding(Encoding other) {
    return new RasterMetadata(file, other, spacing, georeference, acquisition);
  }

  /** The same with another spacing. */
  public RasterMetadata withSpacing(Spacing other) {
    return new RasterMetadata(file, encoding, Optional.of(other), georeference, acquisition);
  }

  /** The same at another place. */
  public RasterMetadata withGeoreference(Georeference other) {
    return new RasterMetadata(file, encoding, spacing, other, acquisition);
  }

  /** The same taken otherwise. */
  public RasterMetadata withAcquisition(Acquisition other) {
    return new RasterMetadata(file, encoding, spacing, georeference, other);
  }

  /** The name of the file, its format and its spacing, on one line. */
  @Override
  public String toString() {
    return file.getFileName()
        + " ("
        + encoding
        + spacing.map(s -> ", " + s).orElse(", spacing unknown")
        + ")";
  }
}
