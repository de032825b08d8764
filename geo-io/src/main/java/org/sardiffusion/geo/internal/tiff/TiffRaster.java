package org.sardiffusion.geo.internal.tiff;

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
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;
import org.sardiffusion.geo.raster.Spacing;

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
    GdalMetadata.Items items = items(path, directory);
    RasterMetadata placed =
        new TiffPlace(path, directory)
            .addTo(RasterMetadata.bare(path, encoding(path, directory, items.band(), layout)))
            .withAcquisition(acquisition(items.file()));
    RasterMetadata metadata = spacing(path, items.file()).map(placed::withSpacing).orElse(placed);
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    TiffRows rows = new TiffRows(channel, layout, (float) metadata.encoding().nodata().orElse(0));
    return layout.valuesPerPixel() == 2
        ? new ComplexRaster(rows, metadata)
        : new DetectedRaster(rows, metadata);
  }

  /**
   * Reads the GDAL_METADATA items of a file, without its pixels.
   *
   * @return name to value, in the order of the file; empty if the file has none
   * @throws MalformedFileException if the file is missing, no TIFF, or broken
   */
  public static Map<String, String> items(Path path) {
    return items(path, TiffDirectory.read(path)).file();
  }

  private static Encoding encoding(
      Path path, TiffDirectory directory, Map<String, String> band, TiffLayout layout) {
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

  private static GdalMetadata.Items items(Path path, TiffDirectory directory) {
    try {
      return GdalMetadata.parse(directory.text(TiffTags.GDAL_METADATA).orElse("<GDALMetadata/>"));
    } catch (XMLStreamException e) {
      throw new MalformedFileException(path, "its GDAL_METADATA is not XML.", e);
    }
  }

  /** The polarisation, from whichever item is named so (ICEYE, and GDAL's own radar drivers). */
  private static Acquisition acquisition(Map<String, String> items) {
    Optional<Polarisation> polarisation =
        items.entrySet().stream()
            .filter(e -> e.getKey().toLowerCase(Locale.ROOT).matches("polari[sz]ation"))
            .flatMap(e -> Polarisation.of(e.getValue()).stream())
            .findFirst();
    return new Acquisition(Optional.empty(), polarisation, OptionalDouble.empty());
  }

  private static Optional<Spacing> spacing(Path path, Map<String, String> items) {
    String columns = items.getOrDefault(TiffPlace.COLUMN_SPACING, "");
    String rows = items.getOrDefault(TiffPlace.ROW_SPACING, "");
    if (columns.isEmpty() || rows.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Spacing(Double.parseDouble(columns), Double.parseDouble(rows)));
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(path, "in its spacing: " + e.getMessage() + ".", e);
    }
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
      throw new MalformedFileException(path, "its nodata value '" + text + "' is not a number.", e);
    }
  }
}
