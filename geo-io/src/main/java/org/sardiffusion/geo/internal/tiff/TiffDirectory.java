package org.sardiffusion.geo.internal.tiff;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sardiffusion.geo.MalformedFileException;

/**
 * The tags of an image of a TIFF or BigTIFF, read without a look at its pixels.
 *
 * <p>Every length that the file states is held against the file's own length before it is believed:
 * a broken file costs no memory.
 */
final class TiffDirectory {
  private static final int CLASSIC = 42;
  private static final int BIG = 43;
  private static final int MOST_IMAGES = 1 << 12;

  private final Path path;
  private final ByteOrder order;
  private final Map<Integer, Field> fields;

  private TiffDirectory(Path path, ByteOrder order, Map<Integer, Field> fields) {
    this.path = path;
    this.order = order;
    this.fields = fields;
  }

  private record Field(int type, byte[] bytes) {}

  /**
   * Reads the tags of the first image.
   *
   * @throws MalformedFileException if the file is missing, no TIFF, or cut short
   */
  static TiffDirectory read(Path path) {
    return read(path, 1).get(0);
  }

  /**
   * Reads the tags of all images of a file: behind the first its overviews and masks, or further
   * pages.
   *
   * @throws MalformedFileException as above
   */
  static List<TiffDirectory> readAll(Path path) {
    return read(path, MOST_IMAGES);
  }

  private static List<TiffDirectory> read(Path path, int most) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new Parser(path, channel).parse(most);
    } catch (NoSuchFileException e) {
      throw new MalformedFileException(path, "there is no such file.", e);
    } catch (EOFException e) {
      throw new MalformedFileException(path, "it is cut short in its tags.", e);
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  /** A text tag, decoded as UTF-8, without the NUL at its end. */
  Optional<String> text(int tag) {
    return Optional.ofNullable(fields.get(tag))
        .map(f -> new String(f.bytes, StandardCharsets.UTF_8).replaceFirst("\0+$", ""));
  }

  /** The numbers of a tag of integer or floating-point type. */
  Optional<double[]> numbers(int tag) {
    Field field = fields.get(tag);
    if (field == null) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(field.bytes).order(order);
    double[] numbers = new double[field.bytes.length / size(field.type)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(bytes, field.type, tag);
    }
    return Optional.of(numbers);
  }

  /**
   * The first number of a tag.
   *
   * @param otherwise what the standard says of a file without that tag
   */
  double number(int tag, double otherwise) {
    return numbers(tag).filter(n -> n.length > 0).map(n -> n[0]).orElse(otherwise);
  }

  /** The byte order of the file. */
  ByteOrder order() {
    return order;
  }

  /** A GeoKey that the directory of keys holds itself: a code, no text and no double. */
  OptionalInt geoKey(int key) {
    double[] keys = numbers(TiffTags.GEO_KEY_DIRECTORY).orElse(new double[0]);
    for (int i = 4; i + 3 < keys.length; i += 4) {
      if (keys[i] == key && keys[i + 1] == 0) {
        return OptionalInt.of((int) keys[i + 3]);
      }
    }
    return OptionalInt.empty();
  }

  private double number(ByteBuffer bytes, int type, int tag) {
    return switch (type) {
      case 1 -> bytes.get() & 0xFF;
      case 3 -> bytes.getShort() & 0xFFFF;
      case 4 -> bytes.getInt() & 0xFFFFFFFFL;
      case 11 -> bytes.getFloat();
      case 12 -> bytes.getDouble();
      case 16, 18 -> bytes.getLong();
      default ->
          throw new MalformedFileException(
              path, "its tag " + tag + " has type " + type + ", which that tag cannot have.");
    };
  }

  /** Bytes per value of a TIFF field type; 0 for a type that does not exist. */
  private static int size(int type) {
    return switch (type) {
      case 1, 2, 6, 7 -> 1;
      case 3, 8 -> 2;
      case 4, 9, 11, 13 -> 4;
      case 5, 10, 12, 16, 17, 18 -> 8;
      default -> 0;
    };
  }

  private static final class Parser {
    private final Path path;
    private final FileChannel channel;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private boolean big;

    Parser(Path path, FileChannel channel) {
      this.path = path;
      this.channel = channel;
    }

    List<TiffDirectory> parse(int most) throws IOException {
      ByteBuffer header = bytes(0, 8);
      short mark = header.getShort();
      if (mark != 0x4949 && mark != 0x4D4D) {
        throw new MalformedFileException(path, "it is not a TIFF (its first bytes differ).");
      }
      order = mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      int version = header.order(order).getShort();
      if (version != CLASSIC && version != BIG) {
        throw new MalformedFileException(
            path, "it is not a TIFF (its version is " + version + ").");
      }
      big = version == BIG;
      long next = big ? bytes(8, 8).getLong() : header.getInt() & 0xFFFFFFFFL;
      List<TiffDirectory> images = new ArrayList<>();
      Set<Long> seen = new HashSet<>();
      do {
        images.add(image(next));
        seen.add(next);
        next = images.size() < most ? follower(next) : 0;
      } while (next != 0 && !seen.contains(next));
      return images;
    }

    /** Where the image behind one begins; 0 behind the last. */
    private long follower(long directory) throws IOException {
      long count = count(directory);
      long end = directory + (big ? 8 + 20 * count : 2 + 12 * count);
      return big ? bytes(end, 8).getLong() : bytes(end, 4).getInt() & 0xFFFFFFFFL;
    }

    private long count(long directory) throws IOException {
      return big ? bytes(directory, 8).getLong() : bytes(directory, 2).getShort() & 0xFFFF;
    }

    private TiffDirectory image(long directory) throws IOException {
      long count = count(directory);
      if (count < 0 || count > 65535) {
        throw new MalformedFileException(path, "its directory claims " + count + " tags.");
      }
      int entrySize = big ? 20 : 12;
      ByteBuffer entries = bytes(directory + (big ? 8 : 2), count * entrySize);
      Map<Integer, Field> fields = new HashMap<>();
      long total = 0;
      for (int i = 0; i < count; i++) {
        entries.position(i * entrySize);
        int tag = entries.getShort() & 0xFFFF;
        int type = entries.getShort() & 0xFFFF;
        if (size(type) > 0) {
          Field field = new Field(type, value(entries, type));
          fields.put(tag, field);
          total += field.bytes.length;
        }
        // Tags of a sound file do not overlap; those of a hostile one could all be the whole file.
        if (total > channel.size()) {
          throw new MalformedFileException(path, "its tags are longer than the file.");
        }
      }
      return new TiffDirectory(path, order, fields);
    }

    private byte[] value(ByteBuffer entry, int type) throws IOException {
      long count = big ? entry.getLong() : entry.getInt() & 0xFFFFFFFFL;
      if (count < 0 || count > channel.size()) {
        throw new EOFException();
      }
      long length = count * size(type);
      if (length <= (big ? 8 : 4)) {
        byte[] inline = new byte[(int) length];
        entry.get(inline);
        return inline;
      }
      long offset = big ? entry.getLong() : entry.getInt() & 0xFFFFFFFFL;
      return bytes(offset, length).array();
    }

    private ByteBuffer bytes(long offset, long length) throws IOException {
      long size = channel.size();
      if (offset < 0 || length > size - offset || length > Integer.MAX_VALUE - 8) {
        throw new EOFException();
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new EOFException();
        }
      }
      return bytes.flip().order(order);
    }
  }
}
