package org.sardiffusion.geo.internal.npy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.ElementType;

/**
 * The header of an {@code .npy} file of version 1 to 3, parsed and never evaluated.
 *
 * @param type the type of one number; of each part, if complex
 * @param valuesPerElement 2 for complex elements, else 1
 * @param order the byte order
 * @param shape the length of each axis
 * @param dataOffset where the elements begin, bytes
 */
public record NpyHeader(
    ElementType type, int valuesPerElement, ByteOrder order, int[] shape, long dataOffset) {
  public static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private static final int MAXIMUM_HEADER = 1 << 16;

  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("'shape'\\s*:\\s*\\(((?:\\s*\\d{1,19}\\s*,?)*+)\\s*\\)");
  private static final Pattern ENTRY =
      Pattern.compile("(?:" + DESCR + "|" + ORDER + "|" + SHAPE + ")\\s*,?\\s*");

  private static final Map<String, ElementType> TYPES =
      Map.of(
          "b1", ElementType.BOOL,
          "u1", ElementType.UINT8,
          "i1", ElementType.INT8,
          "u2", ElementType.UINT16,
          "i2", ElementType.INT16,
          "u4", ElementType.UINT32,
          "i4", ElementType.INT32,
          "f2", ElementType.FLOAT16,
          "f4", ElementType.FLOAT32,
          "f8", ElementType.FLOAT64);

  /**
   * Reads the header of a file and holds its shape against the file's length, to the byte.
   *
   * @throws MalformedFileException if it is no {@code .npy} file, of an unknown type, in Fortran
   *     order, or of another length than its shape makes
   * @throws EOFException if the file ends within its header
   */
  public static NpyHeader read(Path path, FileChannel channel) throws IOException {
    ByteBuffer start = readFully(channel, 0, MAGIC.length + 2);
    byte[] magic = new byte[MAGIC.length];
    start.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new MalformedFileException(path, "it is not an .npy file (its first bytes differ).");
    }
    int version = start.get();
    if (version < 1 || version > 3) {
      throw new MalformedFileException(path, "its .npy format version " + version + " is unknown.");
    }
    int lengthBytes = version == 1 ? 2 : 4;
    ByteBuffer lengthField = readFully(channel, MAGIC.length + 2, lengthBytes);
    long length =
        version == 1 ? lengthField.getShort() & 0xFFFF : lengthField.getInt() & 0xFFFFFFFFL;
    if (length > MAXIMUM_HEADER) {
      throw new MalformedFileException(
          path, "its header claims " + length + " bytes; numeric arrays need under 65536.");
    }
    int textOffset = MAGIC.length + 2 + lengthBytes;
    String text =
        new String(readFully(channel, textOffset, (int) length).array(), StandardCharsets.UTF_8);
    NpyHeader header = parse(path, text, textOffset + length);
    header.checkLength(path, channel.size());
    return header;
  }

  private static NpyHeader parse(Path path, String text, long dataOffset) {
    String body = text.strip();
    if (!body.startsWith("{") || !body.endsWith("}")) {
      throw new MalformedFileException(path, "its header is not a Python dictionary.");
    }
    body = body.substring(1, body.length() - 1).strip();
    String descr = null;
    String order = null;
    String shape = null;
    Matcher entry = ENTRY.matcher(body);
    int at = 0;
    while (at < body.length() && entry.region(at, body.length()).lookingAt()) {
      descr = entry.group(1) == null ? descr : entry.group(1);
      order = entry.group(2) == null ? order : entry.group(2);
      shape = entry.group(3) == null ? shape : entry.group(3);
      at = entry.end();
    }
    if (at < body.length() || descr == null || order == null || shape == null) {
      throw new MalformedFileException(
          path,
          "its header does not consist of a simple 'descr', 'fortran_order' and 'shape': "
              + excerpt(text));
    }
    int[] axes = axes(path, shape);
    if (order.equals("True") && Arrays.stream(axes).filter(n -> n > 1).count() > 1) {
      throw new MalformedFileException(
          path,
          "it is in Fortran order. Save it as numpy.save(path, numpy.ascontiguousarray(array)).");
    }
    return of(path, descr, axes, dataOffset);
  }

  private static NpyHeader of(Path path, String descr, int[] axes, long dataOffset) {
    String kind = descr.isEmpty() ? "" : descr.substring(1);
    ByteOrder order = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    boolean complex = kind.equals("c8") || kind.equals("c16");
    ElementType type = TYPES.get(complex ? (kind.equals("c8") ? "f4" : "f8") : kind);
    if (type == null || !descr.matches(type.bytes() == 1 ? "[|<>].*" : "[<>].*")) {
      throw new MalformedFileException(
          path,
          "its element type '"
              + descr
              + "' is not read. Save it as float32: numpy.save(path, array.astype('float32')).");
    }
    return new NpyHeader(type, complex ? 2 : 1, order, axes, dataOffset);
  }

  private void checkLength(Path path, long fileLength) {
    long count = 1;
    for (int length : shape) {
      if (length != 0 && count > Long.MAX_VALUE / 16 / length) {
        throw new MalformedFileException(
            path, "its shape " + text(shape) + " is more than any file can hold.");
      }
      count *= length;
    }
    long expected = dataOffset + count * valuesPerElement * type.bytes();
    if (fileLength != expected) {
      throw new MalformedFileException(
          path,
          "it has "
              + fileLength
              + " bytes where its shape "
              + text(shape)
              + " makes "
              + expected
              + "; it was cut short, or is not the file that its header describes.");
    }
  }

  private static int[] axes(Path path, String shape) {
    try {
      return Arrays.stream(shape.split(","))
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .mapToInt(Integer::parseInt)
          .toArray();
    } catch (NumberFormatException e) {
      throw new MalformedFileException(path, "its shape (" + shape + ") is not readable.", e);
    }
  }

  private static String excerpt(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}", "?");
    return line.length() > 120 ? line.substring(0, 120) + "..." : line;
  }

  /** Little-endian, positioned at its start. */
  private static ByteBuffer readFully(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }

  /** A shape as Python writes a tuple: {@code ()}, {@code (3,)}, {@code (2, 3)}. */
  public static String text(int[] shape) {
    return Arrays.stream(shape)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "(", shape.length == 1 ? ",)" : ")"));
  }
}
