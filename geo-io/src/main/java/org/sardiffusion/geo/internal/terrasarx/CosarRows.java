package org.sardiffusion.geo.internal.terrasarx;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.RowSource;

/**
 * Rows of a COSAR file of one burst: int16 (version 1) or half floats (version 2), big-endian.
 *
 * <p>A burst is four lines of annotation and a line of samples for each row; every line begins with
 * two words. In a line of samples these are the first and the last valid sample, counted from 1;
 * what lies outside of them is read as 0, as GDAL does (GDAL {@code
 * frmts/cosar/cosar_dataset.cpp}).
 */
final class CosarRows implements RowSource {
  private static final int ANNOTATION_LINES = 4;
  private static final int HEADER_BYTES = 48;
  private static final int WORD = 4;

  private final FileChannel channel;
  private final int width;
  private final int height;
  private final ElementType type;
  private final ByteBuffer line;

  private CosarRows(FileChannel channel, int width, int height, ElementType type) {
    this.channel = channel;
    this.width = width;
    this.height = height;
    this.type = type;
    this.line = ByteBuffer.allocate((width + 2) * WORD);
  }

  /**
   * Opens a file and holds its header against its length.
   *
   * @throws MalformedFileException if it is missing, no COSAR, cut short, of several bursts, or of
   *     an unknown version
   */
  static CosarRows open(Path file) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        return open(file, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (EOFException e) {
      throw new MalformedFileException(file, "it ends in the middle of its header.", e);
    } catch (IOException e) {
      throw new MalformedFileException(
          file, "the image cannot be opened (" + e + "). Is the product complete?", e);
    }
  }

  private static CosarRows open(Path file, FileChannel channel) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    fill(channel, header, 0);
    long burstBytes = header.getInt(0) & 0xFFFFFFFFL;
    int width = header.getInt(8);
    int height = header.getInt(12);
    int lineBytes = header.getInt(20);
    byte[] magic = Arrays.copyOfRange(header.array(), 28, 32);
    if (!new String(magic, StandardCharsets.ISO_8859_1).equals("CSAR")) {
      throw new MalformedFileException(
          file, "it is not a COSAR file ('CSAR' is missing at byte 28).");
    }
    long neededLine = WORD * (width + 2L);
    if (width < 1 || height < 1 || lineBytes != neededLine || neededLine > 1 << 28) {
      throw new MalformedFileException(
          file,
          "its header contradicts itself: "
              + width
              + " samples per line of "
              + lineBytes
              + " bytes, "
              + height
              + " lines.");
    }
    long burst = neededLine * ((long) height + ANNOTATION_LINES);
    if (channel.size() < burst) {
      throw new MalformedFileException(
          file,
          "it is cut short: it has "
              + channel.size()
              + " bytes, and its header describes "
              + burst
              + ".");
    }
    if (channel.size() > burst || (burstBytes != 0 && burstBytes != (burst & 0xFFFFFFFFL))) {
      throw new MalformedFileException(
          file,
          "it holds several bursts (ScanSAR), or more than its header says; one burst is read:"
              + " choose a StripMap or spotlight product, or a detected one.");
    }
    return new CosarRows(channel, width, height, type(file, header.getInt(32)));
  }

  private static ElementType type(Path file, int version) {
    return switch (version) {
      case 1 -> ElementType.INT16;
      case 2 -> ElementType.FLOAT16;
      default ->
          throw new MalformedFileException(
              file, "its COSAR version " + version + " is unknown; 1 and 2 are read.");
    };
  }

  ElementType type() {
    return type;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int valuesPerPixel() {
    return 2;
  }

  @Override
  public void read(int firstRow, int rows, float[] into) throws IOException {
    for (int i = 0; i < rows; i++) {
      line.clear();
      fill(channel, line, ((long) firstRow + i + ANNOTATION_LINES) * line.capacity());
      line.flip();
      int firstValid = line.getInt() - 1;
      int lastValid = line.getInt() - 1;
      int at = i * width * 2;
      for (int column = 0; column < width; column++) {
        float real = type.next(line);
        float imaginary = type.next(line);
        boolean valid = column >= firstValid && column <= lastValid;
        into[at++] = valid ? real : 0;
        into[at++] = valid ? imaginary : 0;
      }
    }
  }

  private static void fill(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
