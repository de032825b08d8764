package org.sardiffusion.geo.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.geo.AmplitudeImage;
import org.sardiffusion.geo.PixelCoding;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.png.PngEncoder;
import org.sardiffusion.geo.stac.StacAsset;
import org.sardiffusion.geo.stac.StacItem;
import org.sardiffusion.geo.stac.StacPlace;
import org.sardiffusion.geo.stac.Statistics;
import org.sardiffusion.geo.tiff.GeoTiffEncoder;
import org.sardiffusion.geo.tiff.TiffSettings;

/** Writes image files, each with its provenance, whole or not at all. */
public final class ImageFiles {
  private static final int STAC_BYTES = 64 * 1024;

  private ImageFiles() {}

  /**
   * Finds out, before long work, whether {@link #write} could write a file; leaves no trace.
   *
   * @throws UnsupportedFormatException if the ending names no format
   * @throws org.sardiffusion.core.io.OutputException if the file cannot be written there
   */
  public static void check(Path path) {
    List<Path> beside = companion(path, ImageFormat.of(path));
    AtomicOutput.probe(path);
    beside.forEach(AtomicOutput::probe);
  }

  /**
   * Writes a file and what belongs beside it: a STAC item {@code NAME.stac.json} beside {@code
   * NAME.tif}, the provenance {@code NAME.json} beside {@code NAME.npy}.
   *
   * @return the files written, the image first
   * @throws UnsupportedFormatException if the ending names no format, or the format cannot hold
   *     what is asked of it
   * @throws org.sardiffusion.core.io.OutputException if a file could not be written; nothing of the
   *     image is left then, and a former one stays
   * @throws org.sardiffusion.geo.place.PlacementException if the image reaches outside the area of
   *     its projection
   */
  public static List<Path> write(WriteRequest request) {
    return switch (ImageFormat.of(request.path())) {
      case GEOTIFF -> writeGeoTiff(request);
      case PNG -> writePng(request);
      case NPY -> writeNpy(request);
    };
  }

  private static List<Path> companion(Path path, ImageFormat format) {
    return switch (format) {
      case GEOTIFF -> List.of(ImageFormat.beside(path, ".stac.json"));
      case PNG -> List.of();
      case NPY -> List.of(ImageFormat.beside(path, ".json"));
    };
  }

  private static List<Path> writeGeoTiff(WriteRequest request) {
    WriteOptions options = request.options();
    AmplitudeImage image = single(request);
    PixelCoding coding = coding(request, SampleType.FLOAT32);
    TiffSettings settings = new TiffSettings(coding, options.compression(), options.created());
    Path stac = ImageFormat.beside(request.path(), ".stac.json");
    try (AtomicOutput tiffFile = AtomicOutput.open(request.path());
        AtomicOutput stacFile = AtomicOutput.open(stac)) {
      tiffFile.fill(
          GeoTiffEncoder.sizeBound(image, request.provenance(), settings),
          file ->
              new GeoTiffEncoder()
                  .encode(file, image, request.placement(), request.provenance(), settings));
      stacFile.fill(
          STAC_BYTES,
          file ->
              Files.writeString(file, StacItem.of(asset(request, coding, tiffFile.temporary()))));
      // The item first: whoever sees the image can count on its item.
      stacFile.commit();
      tiffFile.commit();
    }
    return List.of(request.path(), stac);
  }

  private static StacAsset asset(WriteRequest request, PixelCoding coding, Path written)
      throws IOException {
    WriteOptions options = request.options();
    AmplitudeImage image = request.images().get(0);
    return new StacAsset(
        request.path().getFileName().toString(),
        Files.size(written),
        Sha256.of(written),
        new StacAsset.Pixels(
            image.width(), image.height(), coding, Statistics.of(image.samples(), coding)),
        StacPlace.of(request.placement(), Optional.empty(), image.width(), image.height()),
        request.provenance(),
        new StacAsset.Description(
            options.created(), options.band(), options.derivedFrom(), options.collection()));
  }

  private static List<Path> writePng(WriteRequest request) {
    AmplitudeImage image = single(request);
    PixelCoding coding = coding(request, SampleType.UINT8);
    AtomicOutput.write(
        request.path(),
        PngEncoder.sizeBound(image, request.provenance(), coding),
        file -> PngEncoder.encode(file, image, request.provenance(), coding));
    return List.of(request.path());
  }

  private static List<Path> writeNpy(WriteRequest request) {
    if (coding(request, SampleType.FLOAT32).type() != SampleType.FLOAT32) {
      throw new UnsupportedFormatException(
          "An .npy file holds FLOAT32 amplitudes: write .tif or .png for integers.");
    }
    NpyArray array = stack(request.images());
    byte[] provenance = ProvenanceJson.write(request.provenance()).getBytes(StandardCharsets.UTF_8);
    Path sidecar = ImageFormat.beside(request.path(), ".json");
    try (AtomicOutput arrayFile = AtomicOutput.open(request.path());
        AtomicOutput sidecarFile = AtomicOutput.open(sidecar)) {
      arrayFile.fill(NpyWriter.size(array), file -> NpyWriter.fill(file, array));
      sidecarFile.fill(provenance.length, file -> Files.write(file, provenance));
      sidecarFile.commit();
      arrayFile.commit();
    }
    return List.of(request.path(), sidecar);
  }

  private static AmplitudeImage single(WriteRequest request) {
    if (request.images().size() != 1) {
      throw new UnsupportedFormatException(
          request.path()
              + " holds one image, not "
              + request.images().size()
              + ": write each to its own file, or all to one .npy.");
    }
    return request.images().get(0);
  }

  private static PixelCoding coding(WriteRequest request, SampleType usual) {
    WriteOptions options = request.options();
    return new PixelCoding(options.sampleType().orElse(usual), options.nodata());
  }

  private static NpyArray stack(List<AmplitudeImage> images) {
    if (images.isEmpty()) {
      throw new UnsupportedFormatException("There is no image to write.");
    }
    int width = images.get(0).width();
    int height = images.get(0).height();
    float[] values = new float[Math.multiplyExact(images.size(), width * height)];
    for (int i = 0; i < images.size(); i++) {
      AmplitudeImage image = images.get(i);
      if (image.width() != width || image.height() != height) {
        throw new UnsupportedFormatException("The images of one .npy file have one size.");
      }
      System.arraycopy(image.samples(), 0, values, i * width * height, width * height);
    }
    return new NpyArray(new int[] {images.size(), height, width}, values);
  }
}
