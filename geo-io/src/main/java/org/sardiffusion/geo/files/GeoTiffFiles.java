package org.sardiffusion.geo.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.geo.stac.StacAsset;
import org.sardiffusion.geo.stac.StacItem;
import org.sardiffusion.geo.stac.StacPlace;
import org.sardiffusion.geo.stac.Statistics;
import org.sardiffusion.geo.tiff.GeoTiffImage;
import org.sardiffusion.geo.tiff.GeoTiffStream;

/**
 * Writes GeoTIFFs of any size from rows, each with its STAC item {@code NAME.stac.json} beside it,
 * both or neither.
 */
public final class GeoTiffFiles {
  private static final int STAC_BYTES = 64 * 1024;

  /** A strip holds about so many pixels. */
  private static final int STRIP_PIXELS = 1 << 22;

  private GeoTiffFiles() {}

  /** Makes the rows of an image, from the top to the bottom. */
  @FunctionalInterface
  public interface Rows {
    /**
     * @param firstRow the next row
     * @param rows how many
     * @param into receives {@code rows * width} amplitudes from index 0, NaN without data
     */
    void read(int firstRow, int rows, float[] into);
  }

  /**
   * Finds out, before long work, whether {@link #write} could write; leaves no trace.
   *
   * @throws org.sardiffusion.core.io.OutputException if not
   */
  public static void check(Path path) {
    AtomicOutput.probe(path);
    AtomicOutput.probe(item(path));
  }

  private static Path item(Path path) {
    return ImageFormat.beside(path, ".stac.json");
  }

  /**
   * Writes a file and its item.
   *
   * @param description what only the caller knows, for the item
   * @param rows its amplitudes; what they throw leaves no file behind
   * @return the files, the image first
   * @throws org.sardiffusion.core.io.OutputException if a file could not be written
   * @throws org.sardiffusion.geo.place.PlacementException if the image lies outside of its
   *     projection
   */
  public static List<Path> write(
      Path path, GeoTiffImage image, StacAsset.Description description, Rows rows) {
    // What a place can't be is said before the work.
    StacPlace place = StacPlace.of(image.place(), image.spacing(), image.width(), image.height());
    return write(path, image, place, description, inStrips(image, rows));
  }

  private static RowFiles.Body inStrips(GeoTiffImage image, Rows rows) {
    return writer -> {
      int most = Math.max(1, Math.min(image.height(), STRIP_PIXELS / image.width()));
      float[] strip = new float[most * image.width()];
      for (int row = 0; row < image.height(); row += most) {
        int count = Math.min(most, image.height() - row);
        rows.read(row, count, strip);
        writer.write(count, strip);
      }
    };
  }

  /** An upper bound of the size of a file and its item, bytes. */
  static long sizeBound(GeoTiffImage image) {
    return GeoTiffStream.sizeBound(image) + STAC_BYTES;
  }

  /** As above, of rows that are given and not asked for. */
  static List<Path> write(
      Path path,
      GeoTiffImage image,
      StacPlace place,
      StacAsset.Description description,
      RowFiles.Body body) {
    Statistics.Running statistics = new Statistics.Running(image.settings().coding());
    try (AtomicOutput tiff = AtomicOutput.open(path);
        AtomicOutput item = AtomicOutput.open(item(path))) {
      tiff.fill(GeoTiffStream.sizeBound(image), file -> fill(file, image, body, statistics));
      item.fill(
          STAC_BYTES,
          file ->
              Files.writeString(
                  file,
                  StacItem.of(
                      new StacAsset(
                          path.getFileName().toString(),
                          Files.size(tiff.temporary()),
                          Sha256.of(tiff.temporary()),
                          new StacAsset.Pixels(
                              image.width(),
                              image.height(),
                              image.settings().coding(),
                              statistics.statistics()),
                          place,
                          image.provenance(),
                          description))));
      // The item first: whoever sees the image can count on its item.
      item.commit();
      tiff.commit();
    }
    return List.of(path, item(path));
  }

  private static void fill(
      Path file, GeoTiffImage image, RowFiles.Body body, Statistics.Running statistics)
      throws IOException {
    try (GeoTiffStream stream = GeoTiffStream.create(file, image)) {
      body.writeTo(
          (rows, amplitudes) -> {
            stream.writeRows(rows, amplitudes);
            statistics.add(amplitudes, rows * image.width());
          });
      stream.finish();
    }
  }
}
