package org.sardiffusion.geo.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.raster.AmplitudeSink;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.internal.PixelCoding;
import org.sardiffusion.geo.internal.png.PngEncoder;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;

/**
 * Writes image files, each with its provenance, whole or not at all.
 *
 * <p>Beside {@code NAME.tif} goes a STAC item {@code NAME.stac.json}, beside {@code NAME.npy} the
 * provenance {@code NAME.json}. A GeoTIFF may be larger than memory: it is written as its rows
 * come, tiled, with overviews and as BigTIFF if it is large. If anything goes wrong, nothing of the
 * image is left, and a former one stays.
 */
public final class ImageFiles {
  private ImageFiles() {}

  /** Makes the rows of an image. */
  @FunctionalInterface
  public interface RowProducer {
    /**
     * Hands all rows over, from the top to the bottom.
     *
     * @param rows takes them; what it throws is to be let through
     * @throws IOException if they cannot be made, which leaves no file behind
     */
    void produce(AmplitudeSink rows) throws IOException;
  }

  /**
   * The files of an image: itself and what lies beside it.
   *
   * @throws UnsupportedFormatException if the ending names no format
   */
  public static List<Path> files(Path path) {
    ImageFormat format = ImageFormat.of(path);
    return format == ImageFormat.PNG ? List.of(path) : List.of(path, companion(path, format));
  }

  /**
   * Finds out, before long work, whether a file could be written; leaves no trace.
   *
   * @throws UnsupportedFormatException if the ending names no format
   * @throws org.sardiffusion.core.io.OutputException if the file cannot be written there
   */
  public static void check(Path path) {
    files(path).forEach(AtomicOutput::probe);
  }

  /**
   * Likewise of an image that is to be written as its rows are made.
   *
   * @throws UnsupportedFormatException also if it is no GeoTIFF
   * @throws org.sardiffusion.geo.place.PlacementException if the image reaches outside the area of
   *     its projection
   */
  public static void check(ImageFile file, Size size) {
    requireGeoTiff(file);
    new GeoTiffFile(file, size).check();
    check(file.path());
  }

  /**
   * An upper bound of the size of a GeoTIFF with its item.
   *
   * @return bytes
   */
  public static long sizeBound(ImageFile file, Size size) {
    requireGeoTiff(file);
    return new GeoTiffFile(file, size).sizeBound();
  }

  /**
   * Writes an image.
   *
   * @param image amplitudes: of [0,1] for PNG, NPY and integers, for FLOAT32 in GeoTIFF any; what
   *     it throws leaves no file behind
   * @return the files written, the image first
   * @throws UnsupportedFormatException if the ending names no format, or the format cannot hold
   *     what is asked of it
   * @throws org.sardiffusion.core.io.OutputException if a file could not be written
   * @throws org.sardiffusion.geo.place.PlacementException if the image reaches outside the area of
   *     its projection
   */
  public static List<Path> write(ImageFile file, AmplitudeSource image) {
    return switch (ImageFormat.of(file.path())) {
      case GEOTIFF ->
          new GeoTiffFile(file, new Size(image.width(), image.height()))
              .write(rows -> Strips.copy(image, rows));
      case PNG -> writePng(file, image);
      case NPY -> writeNpy(file, List.of(image));
    };
  }

  /**
   * Writes a GeoTIFF as its rows are made.
   *
   * @throws UnsupportedFormatException if the ending is that of another format; otherwise as above
   */
  public static List<Path> write(ImageFile file, Size size, RowProducer rows) {
    requireGeoTiff(file);
    return new GeoTiffFile(file, size).write(rows);
  }

  /**
   * Writes images of one size: to {@code .npy} any number of them, as an array [N, height, width],
   * to other formats one.
   *
   * @throws UnsupportedFormatException if the format cannot hold so many, or they differ in size;
   *     otherwise as above
   */
  public static List<Path> writeAll(ImageFile file, List<? extends AmplitudeSource> images) {
    if (ImageFormat.of(file.path()) == ImageFormat.NPY) {
      return writeNpy(file, images);
    }
    if (images.size() != 1) {
      throw new UnsupportedFormatException(
          file.path()
              + " holds one image, not "
              + images.size()
              + ": write each to its own file, or all to one .npy.");
    }
    return write(file, images.get(0));
  }

  private static void requireGeoTiff(ImageFile file) {
    if (ImageFormat.of(file.path()) != ImageFormat.GEOTIFF) {
      throw new UnsupportedFormatException(
          file.path()
              + " is to be written row by row, and only a GeoTIFF can be: name a .tif file.");
    }
  }

  private static Path companion(Path path, ImageFormat format) {
    return ImageFormat.beside(path, format == ImageFormat.NPY ? ".json" : ".stac.json");
  }

  private static List<Path> writePng(ImageFile file, AmplitudeSource image) {
    PixelCoding coding = file.options().coding(SampleType.UINT8);
    AtomicOutput.write(
        file.path(),
        PngEncoder.sizeBound(image, file.provenance(), coding),
        temporary -> PngEncoder.encode(temporary, image, file.provenance(), coding));
    return List.of(file.path());
  }

  private static List<Path> writeNpy(ImageFile file, List<? extends AmplitudeSource> images) {
    if (file.options().coding(SampleType.FLOAT32).type() != SampleType.FLOAT32) {
      throw new UnsupportedFormatException(
          "An .npy file holds FLOAT32 amplitudes: write .tif or .png for integers.");
    }
    NpyArray array = stack(images);
    byte[] provenance = ProvenanceJson.write(file.provenance()).getBytes(StandardCharsets.UTF_8);
    Path beside = companion(file.path(), ImageFormat.NPY);
    try (AtomicOutput arrayFile = AtomicOutput.open(file.path());
        AtomicOutput besideFile = AtomicOutput.open(beside)) {
      arrayFile.fill(NpyWriter.size(array), temporary -> NpyWriter.fill(temporary, array));
      besideFile.fill(provenance.length, temporary -> Files.write(temporary, provenance));
      besideFile.commit();
      arrayFile.commit();
    }
    return List.of(file.path(), beside);
  }

  private static NpyArray stack(List<? extends AmplitudeSource> images) {
    if (images.isEmpty()) {
      throw new UnsupportedFormatException("There is no image to write.");
    }
    int width = images.get(0).width();
    int height = images.get(0).height();
    float[] values = new float[Math.multiplyExact(images.size(), width * height)];
    for (int i = 0; i < images.size(); i++) {
      AmplitudeSource image = images.get(i);
      if (image.width() != width || image.height() != height) {
        throw new UnsupportedFormatException("The images of one .npy file have one size.");
      }
      int start = i * width * height;
      Strips.copy(
          image,
          (firstRow, rows, samples) ->
              System.arraycopy(samples, 0, values, start + firstRow * width, rows * width));
    }
    return new NpyArray(new int[] {images.size(), height, width}, values);
  }
}
