package org.sardiffusion.geo.npy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.geo.MalformedFileException;

/**
 * Reads {@code .npy} files strictly: float32, float64, uint8 and uint16 of either byte order, C
 * order, versions 1 to 3.
 *
 * <p>The header is parsed, never evaluated; the shape must account for the file's length to the
 * byte before anything is allocated for it.
 */
public final class NpyReader {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private static final int MAXIMUM_HEADER = 1 << 16;
  private static final int CHUNK_BYTES = 1 << 18;

  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("'shape'\\s*:\\s*\\(((?:\\s*\\d{1,19}\\s*,?)*)\\s*\\)");
  private static final Pattern ENTRY =
      Pattern.compile("(?:" + DESCR + "|" + ORDER + "|" + SHAPE + ")\\s*,?\\s*");

  private NpyReader() {}

  /**
   * Reads a file; integers and doubles become floats of the same value (doubles rounded).
   *
   * @throws MalformedFileException if the file is missing, cut short, longer than its shape says,
   *     or of a type that is not read
   */
  public static NpyArray read(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return read(path, channel);
    } catch (NoSuchFileException e) {
      throw new MalformedFileException(path, "there is no such file.", e);
    } catch (EOFException e) {
      throw new MalformedFileException(path, "it ends in the middle of its header.", e);
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  private static NpyArray read(Path path, FileChannel channel) throws IOException {
    ByteBuffer start = readFully(channel, MAGIC.length + 2);
    byte[] magic = new byte[MAGIC.length];
    start.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new MalformedFileException(path, "it is not an .npy file (its first bytes differ).");
    }
    int version = start.get();
    if (version < 1 || version > 3) {
      throw new MalformedFileException(path, "its .npy format version " + version + " is unknown.");
    }
    ByteBuffer lengthField = readFully(channel, version == 1 ? 2 : 4);
    long headerLength =
        version == 1 ? lengthField.getShort() & 0xFFFF : lengthField.getInt() & 0xFFFFFFFFL;
    if (headerLength > MAXIMUM_HEADER) {
      throw new MalformedFileException(
          path, "its header claims " + headerLength + " bytes; numeric arrays need under 65536.");
    }
    String header =
        new String(readFully(channel, (int) headerLength).array(), StandardCharsets.UTF_8);
    Header parsed = Header.parse(path, header);
    long expected = channel.position() + parsed.dataBytes(path);
    if (channel.size() != expected) {
      throw new MalformedFileException(
          path,
          "it has "
              + channel.size()
              + " bytes where its shape "
              + NpyArray.text(parsed.shape)
              + " makes "
              + expected
              + "; it was cut short or mixed up.");
    }
    return new NpyArray(parsed.shape, values(channel, parsed));
  }

  private static float[] values(FileChannel channel, Header header) throws IOException {
    float[] values = new float[header.count];
    int size = header.element.bytes;
    int perChunk = CHUNK_BYTES / size;
    for (int from = 0; from < values.length; from += perChunk) {
      int count = Math.min(perChunk, values.length - from);
      ByteBuffer chunk = readFully(channel, count * size).order(header.byteOrder);
      for (int i = 0; i < count; i++) {
        values[from + i] = header.element.next(chunk);
      }
    }
    return values;
  }

  /** Little-endian, positioned at its start. */
  private static ByteBuffer readFully(FileChannel channel, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }

  private enum Element {
    F4(4) {
      @Override
      float next(ByteBuffer bytes) {
        return bytes.getFloat();
      }
    },
    F8(8) {
      @Override
      float next(ByteBuffer bytes) {
        return (float) bytes.getDouble();
      }
    },
    U1(1) {
      @Override
      float next(ByteBuffer bytes) {
        return bytes.get() & 0xFF;
      }
    },
    U2(2) {
      @Override
      float next(ByteBuffer bytes) {
        return bytes.getShort() & 0xFFFF;
      }
    };

    private final int bytes;

    Element(int bytes) {
      this.bytes = bytes;
    }

    abstract float next(ByteBuffer bytes);
  }

  private record Header(Element element, ByteOrder byteOrder, int[] shape, int count) {

    static Header parse(Path path, String text) {
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
      return new Header(element(path, descr), byteOrder(descr), axes, count(path, axes));
    }

    long dataBytes(Path path) {
      return (long) count * element.bytes;
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

    private static int count(Path path, int[] axes) {
      long count = 1;
      for (int length : axes) {
        if (length != 0 && count > Integer.MAX_VALUE / length) {
          throw new MalformedFileException(
              path, "its shape " + NpyArray.text(axes) + " has over 2147483647 elements.");
        }
        count *= length;
      }
      return (int) count;
    }

    private static Element element(Path path, String descr) {
      String kind = descr.isEmpty() ? "" : descr.substring(1);
      boolean known = descr.matches("[<>]f[48]|[<>]u2|[|<>]u1");
      if (!known) {
        throw new MalformedFileException(
            path,
            "its element type '"
                + descr
                + "' is not read. Save it as float32: numpy.save(path, array.astype('float32')).");
      }
      return Element.valueOf(kind.toUpperCase(java.util.Locale.ROOT));
    }

    private static ByteOrder byteOrder(String descr) {
      return descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private static String excerpt(String text) {
      String line = text.strip().replaceAll("\\p{Cntrl}", "?");
      return line.length() > 120 ? line.substring(0, 120) + "..." : line;
    }
  }
}
