package org.sardiffusion.geo.internal.png;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.internal.PixelCoding;
import org.sardiffusion.geo.provenance.Provenance;

/**
 * Writes a grey PNG of 8 or 16 bits with one text chunk per provenance item.
 *
 * <p>Source: W3C, Portable Network Graphics (PNG) Specification, third edition. Items are {@code
 * iTXt} chunks, the only kind that holds UTF-8; they come before the pixels, so that a reader finds
 * them at once.
 */
public final class PngEncoder {
  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private static final int GREYSCALE = 0;
  private static final byte FILTER_NONE = 0;
  private static final int CHUNK_BYTES = 1 << 16;

  private PngEncoder() {}

  /** An upper bound of a file's size in bytes. */
  public static long sizeBound(AmplitudeSource image, Provenance provenance, PixelCoding coding) {
    long row = 1 + (long) image.width() * coding.type().bytes();
    long text = 8L * (provenance.prompt().length() + provenance.recipe().length());
    return row * image.height() * 101 / 100 + text + CHUNK_BYTES;
  }

  /**
   * Writes the file.
   *
   * @param file an existing file, overwritten
   * @throws UnsupportedFormatException if the coding is not one of integers, or pixels without data
   *     have no value to be stored as
   */
  public static void encode(
      Path file, AmplitudeSource image, Provenance provenance, PixelCoding coding)
      throws IOException {
    if (!coding.type().isInteger()) {
      throw new UnsupportedFormatException(
          "A PNG holds UINT8 or UINT16, not " + coding.type() + ": write .tif or .npy for floats.");
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(SIGNATURE);
      chunk(out, "IHDR", header(image, coding.type()));
      if (coding.nodata().isPresent()) {
        chunk(out, "tRNS", transparent((int) coding.nodata().getAsDouble()));
      }
      for (Map.Entry<String, String> item : provenance.items().entrySet()) {
        chunk(out, "iTXt", text(item.getKey(), item.getValue()));
      }
      pixels(out, image, coding);
      chunk(out, "IEND", new byte[0]);
    }
  }

  private static byte[] header(AmplitudeSource image, SampleType type) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeInt(image.width());
    data.writeInt(image.height());
    data.write(new byte[] {(byte) (8 * type.bytes()), GREYSCALE, 0, 0, 0});
    return bytes.toByteArray();
  }

  private static byte[] transparent(int grey) {
    return new byte[] {(byte) (grey >> 8), (byte) grey};
  }

  private static byte[] text(String keyword, String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(keyword.getBytes(StandardCharsets.ISO_8859_1));
    // End of the keyword, not compressed, method 0, no language, no translated keyword.
    bytes.writeBytes(new byte[] {0, 0, 0, 0, 0});
    bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private static void pixels(OutputStream out, AmplitudeSource image, PixelCoding coding)
      throws IOException {
    Deflater deflater = new Deflater();
    try (OutputStream compressed =
        new DeflaterOutputStream(new PixelChunks(out), deflater, CHUNK_BYTES)) {
      boolean wide = coding.type() == SampleType.UINT16;
      byte[] row = new byte[1 + image.width() * coding.type().bytes()];
      row[0] = FILTER_NONE;
      float[] amplitudes = new float[image.width()];
      for (int y = 0; y < image.height(); y++) {
        image.readRows(y, 1, amplitudes);
        int at = 1;
        for (int x = 0; x < image.width(); x++) {
          int stored = (int) coding.stored(amplitudes[x]);
          if (wide) {
            row[at++] = (byte) (stored >> 8);
          }
          row[at++] = (byte) stored;
        }
        compressed.write(row);
      }
    } finally {
      deflater.end();
    }
  }

  private static void chunk(OutputStream out, String type, byte[] content) throws IOException {
    chunk(out, type, content, content.length);
  }

  private static void chunk(OutputStream out, String type, byte[] content, int length)
      throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content, 0, length);
    DataOutputStream data = new DataOutputStream(out);
    data.writeInt(length);
    data.write(name);
    data.write(content, 0, length);
    data.writeInt((int) crc.getValue());
    data.flush();
  }

  /** Makes each block that it is handed an {@code IDAT} chunk; leaves the file open. */
  private static final class PixelChunks extends OutputStream {
    private final OutputStream out;

    PixelChunks(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      chunk(out, "IDAT", new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (offset != 0) {
        throw new IllegalArgumentException("The deflater writes its whole buffer");
      }
      chunk(out, "IDAT", bytes, length);
    }
  }
}
