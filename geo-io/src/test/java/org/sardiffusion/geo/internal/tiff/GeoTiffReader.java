package org.sardiffusion.geo.internal.tiff;

import it.geosolutions.imageioimpl.plugins.tiff.TIFFImageReaderSpi;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.SampleType;

/**
 * Reads back what {@link GeoTiffWriter} writes, its pixels through GeoTools' TIFF plug-in: a second
 * opinion beside {@link TiffRaster}.
 */
public final class GeoTiffReader {
  /** zlib reaches 1032, LZW about 1365; ZSTD more, but not on images. */
  private static final long MAXIMUM_RATIO = 2000;

  private static final int FLOATING_POINT = 3;

  private GeoTiffReader() {}

  /**
   * Reads a whole file.
   *
   * @throws MalformedFileException if the file is missing, no TIFF, broken, too large for one
   *     array, or anything else than one band of uint8, uint16 or float32 amplitudes in [0,1]
   */
  public static GeoTiffRaster read(Path path) {
    TiffDirectory directory = TiffDirectory.read(path);
    SampleType type = sampleType(path, directory);
    OptionalDouble nodata = TiffRaster.nodata(path, directory);
    int count = count(path, directory, type);
    float[] samples = samples(path, count, type, nodata);
    int width = (int) directory.number(TiffTags.IMAGE_WIDTH, 0);
    try {
      AmplitudeRaster image = new AmplitudeRaster(width, count / width, samples);
      return new GeoTiffRaster(
          image, type, grid(path, directory), epsg(directory), nodata, TiffRaster.items(path));
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  private static SampleType sampleType(Path path, TiffDirectory directory) {
    int bits = (int) directory.number(TiffTags.BITS_PER_SAMPLE, 1);
    int format = (int) directory.number(TiffTags.SAMPLE_FORMAT, 1);
    int bands = (int) directory.number(TiffTags.SAMPLES_PER_PIXEL, 1);
    for (SampleType type : SampleType.values()) {
      boolean same = type.bytes() * 8 == bits && format == (type.isInteger() ? 1 : FLOATING_POINT);
      if (same && bands == 1) {
        return type;
      }
    }
    throw new MalformedFileException(
        path,
        "it holds "
            + bands
            + " band(s) of "
            + bits
            + " bits, sample format "
            + format
            + "; one band of uint8, uint16 or float32 is read.");
  }

  private static int count(Path path, TiffDirectory directory, SampleType type) {
    long width = (long) directory.number(TiffTags.IMAGE_WIDTH, 0);
    long height = (long) directory.number(TiffTags.IMAGE_LENGTH, 0);
    if (width < 1 || height < 1 || width > Integer.MAX_VALUE / height) {
      throw new MalformedFileException(
          path, "its size " + width + "x" + height + " is not one that can be held.");
    }
    long fileSize = fileSize(path);
    boolean complete =
        width * height * type.bytes() / MAXIMUM_RATIO <= fileSize
            && holds(directory, TiffTags.TILE_OFFSETS, TiffTags.TILE_BYTE_COUNTS, fileSize)
            && holds(directory, TiffTags.STRIP_OFFSETS, TiffTags.STRIP_BYTE_COUNTS, fileSize);
    if (!complete) {
      throw new MalformedFileException(
          path, "it is cut short: not all of its " + width + "x" + height + " pixels are there.");
    }
    return (int) (width * height);
  }

  /** Whether every tile, or strip, ends before the file does; the decoders do not look. */
  private static boolean holds(TiffDirectory directory, int offsets, int counts, long fileSize) {
    double[] start = directory.numbers(offsets).orElse(new double[0]);
    double[] length = directory.numbers(counts).orElse(new double[0]);
    boolean inside = start.length == length.length;
    for (int i = 0; inside && i < start.length; i++) {
      inside = start[i] + length[i] <= fileSize;
    }
    return inside;
  }

  private static long fileSize(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  private static float[] samples(Path path, int count, SampleType type, OptionalDouble nodata) {
    ImageReader reader = new TIFFImageReaderSpi().createReaderInstance(null);
    try (FileImageInputStream stream = new FileImageInputStream(path.toFile())) {
      reader.setInput(stream, true, true);
      Raster raster = reader.read(0).getRaster();
      float[] samples =
          raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, new float[count]);
      float missing = (float) nodata.orElse(Double.NaN);
      for (int i = 0; i < samples.length; i++) {
        samples[i] = samples[i] == missing ? Float.NaN : samples[i] / type.maximum();
      }
      return samples;
    } catch (IOException | RuntimeException e) {
      // The plug-in lets broken tiles out as whatever its decoders stumble over.
      throw new MalformedFileException(path, "its pixels are broken (" + e.getMessage() + ").", e);
    } finally {
      reader.dispose();
    }
  }

  private static GeoTiffRaster.Grid grid(Path path, TiffDirectory directory) {
    double[] scale = directory.numbers(TiffTags.MODEL_PIXEL_SCALE).orElse(new double[] {1, 1, 0});
    double[] tie = directory.numbers(TiffTags.MODEL_TIEPOINT).orElse(new double[6]);
    if (scale.length < 2 || tie.length < 6) {
      throw new MalformedFileException(path, "its pixel scale or its tie point is incomplete.");
    }
    return new GeoTiffRaster.Grid(
        tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[1], scale[0], scale[1]);
  }

  /** A projected system is built on a geodetic one, and its key outranks the other's. */
  private static OptionalInt epsg(TiffDirectory directory) {
    OptionalInt projected = directory.geoKey(TiffTags.PROJECTED_CRS);
    return projected.isPresent() ? projected : directory.geoKey(TiffTags.GEODETIC_CRS);
  }
}
