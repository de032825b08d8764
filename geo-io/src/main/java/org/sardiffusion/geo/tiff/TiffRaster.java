package org.sardiffusion.geo.tiff;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.stream.XMLStreamException;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.Acquisition;
import org.sardiffusion.geo.raster.AmplitudeRaster;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;

/**
 * Opens TIFF and BigTIFF files of one band, real or complex, as radar products and GDAL write them:
 * tiled or in strips, plain or compressed without loss, with or without a place on Earth.
 */
public final class TiffRaster {
  private TiffRaster() {}

  /** Whether a file begins as a TIFF does. */
  public static boolean begins(byte[] start) {
    boolean little = start.length > 3 && start[0] == 'I' && start[1] == 'I' && start[3] == 0;
    boolean big = start.length > 3 && start[0] == 'M' && start[1] == 'M' && start[2] == 0;
    return (little && (start[2] == 42 || start[2] == 43))
        || (big && (start[3] == 42 || start[3] == 43));
  }

  /**
   * Opens a file.
   *
   * @throws MalformedFileException if it is cut short or of a kind that is not read
   * @throws IOException if it cannot be read
   */
  public static Raster open(Path path) throws IOException {
    TiffDirectory directory = TiffDirectory.read(path);
    TiffLayout layout = TiffLayout.of(path, directory);
    RasterMetadata metadata =
        new TiffPlace(path, directory)
            .addTo(RasterMetadata.bare(path, encoding(path, directory, layout)))
            .withAcquisition(acquisition(path, directory));
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    TiffRows rows = new TiffRows(channel, layout, (float) metadata.encoding().nodata().orElse(0));
    return layout.valuesPerPixel() == 2
        ? new ComplexRaster(rows, metadata)
        : new AmplitudeRaster(rows, metadata);
  }

  private static Encoding encoding(Path path, TiffDirectory directory, TiffLayout layout) {
    Map<String, String> band = metadata(path, directory).band();
    Encoding plain = Encoding.plain("GeoTIFF", layout.type()).withNodata(nodata(path, directory));
    try {
      return plain.withScale(
          Double.parseDouble(band.getOrDefault("scale", "1")),
          Double.parseDouble(band.getOrDefault("offset", "0")));
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(
          path, "in its band's scale and offset: " + e.getMessage() + ".", e);
    }
  }

  private static GdalMetadata.Items metadata(Path path, TiffDirectory directory) {
    try {
      return GdalMetadata.parse(directory.text(TiffTags.GDAL_METADATA).orElse("<GDALMetadata/>"));
    } catch (XMLStreamException e) {
      throw new MalformedFileException(path, "its GDAL_METADATA is not XML.", e);
    }
  }

  /** The polarisation, from whichever item is named so (ICEYE, and GDAL's own radar drivers). */
  private static Acquisition acquisition(Path path, TiffDirectory directory) {
    Optional<Polarisation> polarisation =
        metadata(path, directory).file().entrySet().stream()
            .filter(e -> e.getKey().toLowerCase(Locale.ROOT).matches("polari[sz]ation"))
            .flatMap(e -> Polarisation.of(e.getValue()).stream())
            .findFirst();
    return new Acquisition(Optional.empty(), polarisation, OptionalDouble.empty());
  }

  static OptionalDouble nodata(Path path, TiffDirectory directory) {
    String text = directory.text(TiffTags.GDAL_NODATA).map(String::strip).orElse("");
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(
          text.equalsIgnoreCase("nan") ? Double.NaN : Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new MalformedFileException(path, "its nodata value '" + text + "' is no number.", e);
    }
  }
}
