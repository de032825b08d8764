package org.sardiffusion.geo.internal.tiff;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.stream.XMLStreamException;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.Nodata;
import org.sardiffusion.geo.raster.Acquisition;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;
import org.sardiffusion.geo.raster.RowSource;
import org.sardiffusion.geo.raster.Spacing;

/**
 * Opens TIFF and BigTIFF files of one band, real or complex, as radar products and GDAL write them:
 * tiled or in strips, plain or compressed without loss, with or without a place on Earth. Pixels
 * that an alpha channel or a transparency mask inside the file hides have no data.
 */
public final class TiffRaster {
  /** NewSubfileType of a transparency mask, not one of an overview (TIFF 6.0, tag 254). */
  private static final int MASK = 4;

  private static final int SUBFILE_BITS = 7;

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
    List<TiffDirectory> images = TiffDirectory.readAll(path);
    TiffDirectory directory = images.get(0);
    TiffLayout layout = TiffLayout.of(path, directory, 0);
    GdalMetadata.Items items = items(path, directory);
    RasterMetadata placed =
        new TiffPlace(path, directory)
            .addTo(RasterMetadata.bare(path, encoding(path, directory, items.band(), layout)))
            .withAcquisition(acquisition(items.file()));
    RasterMetadata metadata = spacing(path, items.file()).map(placed::withSpacing).orElse(placed);
    TiffRows rows = rows(path, layout, (float) metadata.encoding().nodata().orElse(0));
    Raster raster =
        layout.valuesPerPixel() == 2
            ? new ComplexRaster(rows, metadata)
            : new DetectedRaster(rows, metadata);
    try {
      for (TiffLayout mask : masks(path, images)) {
        raster = raster.maskedBy(rows(path, mask, 0));
      }
      return raster;
    } catch (IOException | RuntimeException e) {
      raster.close();
      throw e;
    }
  }

  /** The bands in which 0 hides a pixel. */
  private static List<TiffLayout> masks(Path path, List<TiffDirectory> images) throws IOException {
    List<TiffLayout> masks = new ArrayList<>();
    if (TiffLayout.hasAlpha(images.get(0))) {
      masks.add(TiffLayout.of(path, images.get(0), 1));
    }
    for (TiffDirectory image : images.subList(1, images.size())) {
      if (((int) image.number(TiffTags.NEW_SUBFILE_TYPE, 0) & SUBFILE_BITS) == MASK) {
        masks.add(TiffLayout.of(path, image, 0));
      }
    }
    return masks;
  }

  private static TiffRows rows(Path path, TiffLayout layout, float sparse) throws IOException {
    return new TiffRows(FileChannel.open(path, StandardOpenOption.READ), layout, sparse);
  }

  /**
   * The first band of a file as it is stored, such as the mask of another.
   *
   * @throws MalformedFileException as above
   * @throws IOException if it cannot be read
   */
  public static RowSource rows(Path path) throws IOException {
    return rows(path, TiffLayout.of(path, TiffDirectory.read(path), 0), 0);
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
    try {
      return Nodata.parse(text);
    } catch (NumberFormatException e) {
      throw new MalformedFileException(path, "its nodata value '" + text + "' is not a number.", e);
    }
  }
}
