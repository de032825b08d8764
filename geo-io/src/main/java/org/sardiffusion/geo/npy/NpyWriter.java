package org.sardiffusion.geo.npy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.geo.internal.npy.NpyHeader;

/**
 * Writes {@code .npy} files, format version 1.0, byte for byte as {@code numpy.save} does for a
 * little-endian float32 array in C order.
 *
 * <p>Source: NumPy, {@code numpy/lib/_format_impl.py}.
 */
public final class NpyWriter {
  private static final int ALIGNMENT = 64;

  /** Room that NumPy leaves to lengthen the first axis in place: the digits of 2^67. */
  private static final int GROWTH_DIGITS = 21;

  private static final int CHUNK_VALUES = 1 << 16;

  private NpyWriter() {}

  /**
   * Writes an array as little-endian float32.
   *
   * @throws org.sardiffusion.core.io.OutputException if the file could not be written; nothing of
   *     it is left then
   */
  public static void write(Path path, NpyArray array) {
    AtomicOutput.write(
        path, size(array), file -> write(file, header(array.shape()), array.values()));
  }

  /** The size of the file in bytes. */
  public static long size(NpyArray array) {
    return header(array.shape()).length + 4L * array.values().length;
  }

  /** Fills {@code file}, which exists, with an array; for files that are moved into place later. */
  public static void fill(Path file, NpyArray array) throws IOException {
    write(file, header(array.shape()), array.values());
  }

  private static void write(Path file, byte[] header, float[] values) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      writeFully(channel, ByteBuffer.wrap(header));
      ByteBuffer chunk = ByteBuffer.allocate(4 * CHUNK_VALUES).order(ByteOrder.LITTLE_ENDIAN);
      for (int from = 0; from < values.length; from += CHUNK_VALUES) {
        int count = Math.min(CHUNK_VALUES, values.length - from);
        chunk.clear();
        chunk.asFloatBuffer().put(values, from, count);
        chunk.limit(4 * count);
        writeFully(channel, chunk);
      }
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static byte[] header(int[] shape) {
    StringBuilder text = new StringBuilder("{'descr': '<f4', 'fortran_order': False, 'shape': ");
    text.append(NpyHeader.text(shape)).append(", }");
    if (shape.length > 0) {
      text.append(" ".repeat(GROWTH_DIGITS - Integer.toString(shape[0]).length()));
    }
    int prefix = NpyHeader.MAGIC.length + 4;
    // NumPy pads by 1 to 64: a header that is aligned already gets 64 more.
    int padding = ALIGNMENT - (prefix + text.length() + 1) % ALIGNMENT;
    text.append(" ".repeat(padding)).append('\n');
    ByteBuffer header = ByteBuffer.allocate(prefix + text.length()).order(ByteOrder.LITTLE_ENDIAN);
    header.put(NpyHeader.MAGIC).put((byte) 1).put((byte) 0).putShort((short) text.length());
    header.put(text.toString().getBytes(StandardCharsets.US_ASCII));
    return header.array();
  }
}
