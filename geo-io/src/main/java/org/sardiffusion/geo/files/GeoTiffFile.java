package org.sardiffusion.geo.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.internal.stac.StacAsset;
import org.sardiffusion.geo.internal.stac.StacItem;
import org.sardiffusion.geo.internal.stac.StacPlace;
import org.sardiffusion.geo.internal.stac.Statistics;
import org.sardiffusion.geo.internal.tiff.GeoTiffImage;
import org.sardiffusion.geo.internal.tiff.GeoTiffWriter;
import org.sardiffusion.geo.internal.tiff.TiffSettings;

/**
 * A GeoTIFF and its STAC item, both or neither.
 *
 * @param file what is to be written
 * @param size of the image
 */
record GeoTiffFile(ImageFile file, Size size) {
  private static final int STAC_BYTES = 64 * 1024;

  /** Refuses a place that can't be. */
  void check() {
    image();
    place();
  }

  private GeoTiffImage image() {
    WriteOptions options = file.options();
    return new GeoTiffImage(
        size,
        file.place(),
        options.spacing(),
        file.provenance(),
        new TiffSettings(
            options.coding(SampleType.FLOAT32), options.compression(), options.created()));
  }

  private StacPlace place() {
    return StacPlace.of(file.place(), file.options().spacing(), size);
  }

  long sizeBound() {
    return GeoTiffWriter.sizeBound(image()) + STAC_BYTES;
  }

  List<Path> write(ImageFiles.RowProducer rows) {
    GeoTiffImage image = image();
    // A place that can't be is refused before the work.
    StacPlace place = place();
    Statistics.Running statistics = new Statistics.Running(image.settings().coding());
    Path item = ImageFormat.beside(file.path(), ".stac.json");
    try (AtomicOutput tiffFile = AtomicOutput.open(file.path());
        AtomicOutput itemFile = AtomicOutput.open(item)) {
      tiffFile.fill(
          GeoTiffWriter.sizeBound(image), temporary -> fill(temporary, image, rows, statistics));
      itemFile.fill(
          STAC_BYTES,
          temporary ->
              Files.writeString(
                  temporary,
                  StacItem.of(asset(tiffFile.temporary(), place, statistics.statistics()))));
      // The item first: whoever sees the image can count on its item.
      itemFile.commit();
      tiffFile.commit();
    }
    return List.of(file.path(), item);
  }

  private void fill(
      Path temporary,
      GeoTiffImage image,
      ImageFiles.RowProducer rows,
      Statistics.Running statistics)
      throws IOException {
    try (GeoTiffWriter writer = GeoTiffWriter.create(temporary, image)) {
      rows.produce(
          (firstRow, count, samples) -> {
            writer.writeRows(firstRow, count, samples);
            statistics.add(samples, count * size.width());
          });
      writer.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private StacAsset asset(Path written, StacPlace place, Statistics statistics) throws IOException {
    return new StacAsset(
        file.path().getFileName().toString(),
        Files.size(written),
        Sha256.of(written),
        new StacAsset.Pixels(
            size.width(), size.height(), file.options().coding(SampleType.FLOAT32), statistics),
        place,
        file.provenance(),
        file.options().description());
  }
}
