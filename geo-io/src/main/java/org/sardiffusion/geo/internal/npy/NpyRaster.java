package org.sardiffusion.geo.internal.npy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.flat.FlatFile;
import org.sardiffusion.geo.internal.flat.FlatLayout;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;

/**
 * Opens {@code .npy} files of one image: {@code [H,W]}, or that with axes of length 1 before it.
 *
 * <p>Integers of up to 32 bits, float16, float32, float64, complex64 and complex128, of either byte
 * order, C order.
 */
public final class NpyRaster {
  private NpyRaster() {}

  /** Whether a file begins as an {@code .npy} file does. */
  public static boolean begins(byte[] start) {
    return start.length >= NpyHeader.MAGIC.length
        && Arrays.equals(
            start, 0, NpyHeader.MAGIC.length, NpyHeader.MAGIC, 0, NpyHeader.MAGIC.length);
  }

  /**
   * Opens a file.
   *
   * @throws MalformedFileException if it is cut short, of a type that is not read, or no single
   *     image
   * @throws IOException if it cannot be read
   */
  public static Raster open(Path path) throws IOException {
    NpyHeader header;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      header = NpyHeader.read(path, channel);
    } catch (EOFException e) {
      throw new MalformedFileException(path, "it ends in the middle of its header.", e);
    }
    FlatLayout layout = layout(path, header);
    RasterMetadata metadata = RasterMetadata.bare(path, Encoding.plain("NPY", header.type()));
    FlatFile rows = FlatFile.open(path, layout);
    return layout.valuesPerPixel() == 2
        ? new ComplexRaster(rows, metadata)
        : new DetectedRaster(rows, metadata);
  }

  private static FlatLayout layout(Path path, NpyHeader header) {
    int[] shape = header.shape();
    int rank = shape.length;
    boolean single = rank >= 2 && Arrays.stream(shape).limit(rank - 2).allMatch(n -> n == 1);
    if (!single) {
      throw new MalformedFileException(
          path,
          "its shape "
              + NpyHeader.text(shape)
              + " is not that of an image: [H,W] or [1,H,W] is read. Save one with"
              + " numpy.save(path, array[0]).");
    }
    if (shape[rank - 1] == 0 || shape[rank - 2] == 0) {
      throw new MalformedFileException(
          path, "its shape " + NpyHeader.text(shape) + " has no pixels.");
    }
    return new FlatLayout(
        header.dataOffset(),
        shape[rank - 1],
        shape[rank - 2],
        header.valuesPerElement(),
        header.type(),
        header.order(),
        FlatLayout.Arrangement.BY_PIXEL);
  }
}
