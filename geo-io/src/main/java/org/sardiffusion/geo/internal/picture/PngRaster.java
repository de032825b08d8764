package org.sardiffusion.geo.internal.picture;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.DetectedRaster;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.Encoding;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterMetadata;

/**
 * Opens PNG pictures as amplitudes: grey of 1, 8 or 16 bits, or colours that are all grey. Pixels
 * that an alpha channel or a transparent colour hides have no data. Amplitudes are the stored
 * numbers, 0 to 1, 255 or 65535.
 */
public final class PngRaster {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int HEADER_END = 33;

  /** Deflate expands at most so much. */
  private static final long MAXIMUM_RATIO = 1032;

  private PngRaster() {}

  /** Whether a file begins as a PNG does. */
  public static boolean begins(byte[] start) {
    return start.length >= SIGNATURE.length
        && Arrays.equals(start, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  /**
   * Opens a file.
   *
   * @throws MalformedFileException if it is cut short or of a kind that is not read
   * @throws IOException if it cannot be read
   */
  public static Raster open(Path path) throws IOException {
    PngHeader header = header(path);
    ElementType type =
        switch (header.bits()) {
          case 1 -> ElementType.BOOL;
          case 8 -> ElementType.UINT8;
          default -> ElementType.UINT16;
        };
    Encoding encoding = Encoding.plain("PNG", type);
    return new DetectedRaster(
        new PngRows(FileChannel.open(path, StandardOpenOption.READ), header),
        RasterMetadata.bare(path, encoding));
  }

  private static PngHeader header(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(HEADER_END);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new EOFException();
        }
      }
      PngHeader header = parse(path, bytes);
      long needed = (header.bytesPerRow() + 1) * header.height();
      if (needed / MAXIMUM_RATIO > channel.size()) {
        throw new MalformedFileException(
            path,
            "it claims "
                + header.width()
                + "x"
                + header.height()
                + " pixels, which "
                + channel.size()
                + " bytes cannot hold.");
      }
      return header;
    } catch (EOFException e) {
      throw new MalformedFileException(path, "it ends in the middle of its header.", e);
    }
  }

  private static PngHeader parse(Path path, ByteBuffer bytes) {
    int width = bytes.getInt(16);
    int height = bytes.getInt(20);
    int bits = bytes.get(24);
    int colour = bytes.get(25);
    int channels =
        switch (colour) {
          case 0 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 0;
        };
    if (bytes.getInt(12) != PngRows.chunk("IHDR") || width < 1 || height < 1) {
      throw new MalformedFileException(path, "its header is no PNG header.");
    }
    boolean interlaced = bytes.get(28) != 0;
    boolean read = bits == 8 || bits == 16 || (bits == 1 && channels == 1);
    if (channels == 0 || !read || interlaced) {
      throw new MalformedFileException(
          path,
          "it is a PNG with a palette, with 2 or 4 bits, or interlaced. Convert it with"
              + " gdal_translate -expand gray IN.png OUT.png, or save it as 8-bit grey.");
    }
    return new PngHeader(width, height, bits, channels);
  }
}
