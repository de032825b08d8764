package org.sardiffusion.geo.internal.tiff;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lays the tags of one image out as a little-endian directory, classic or of a BigTIFF. */
final class DirectoryWriter {
  private static final int ASCII = 2;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int DOUBLE = 12;
  private static final int LONG8 = 16;

  private final boolean big;
  private final Map<Integer, Field> fields = new TreeMap<>();

  private record Field(int type, long count, byte[] bytes) {}

  DirectoryWriter(boolean big) {
    this.big = big;
  }

  void doubles(int tag, double... values) {
    ByteBuffer bytes = buffer(values.length * 8);
    for (double value : values) {
      bytes.putDouble(value);
    }
    fields.put(tag, new Field(DOUBLE, values.length, bytes.array()));
  }

  /** Unsigned, 0 to 65535. */
  void shorts(int tag, int... values) {
    ByteBuffer bytes = buffer(values.length * 2);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    fields.put(tag, new Field(SHORT, values.length, bytes.array()));
  }

  /** Stored as UTF-8 with a NUL at its end. */
  void text(int tag, String text) {
    byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
    fields.put(tag, new Field(ASCII, bytes.length, bytes));
  }

  /** Numbers of up to 32 bits. */
  void longs(int tag, List<Long> values) {
    ByteBuffer bytes = buffer(values.size() * 4);
    values.forEach(v -> bytes.putInt((int) (long) v));
    fields.put(tag, new Field(LONG, values.size(), bytes.array()));
  }

  /** Positions within the file: 64 bits in a BigTIFF. */
  void offsets(int tag, List<Long> values) {
    if (!big) {
      longs(tag, values);
      return;
    }
    ByteBuffer bytes = buffer(values.size() * 8);
    values.forEach(bytes::putLong);
    fields.put(tag, new Field(LONG8, values.size(), bytes.array()));
  }

  /**
   * The directory and behind it the values that do not fit into its entries.
   *
   * @param position where it will lie
   * @param next where the next directory lies; 0 for none
   */
  ByteBuffer bytes(long position, long next) {
    int size = (big ? 16 : 6) + fields.size() * (big ? 20 : 12);
    ByteBuffer directory = buffer(size);
    ByteArrayOutputStream behind = new ByteArrayOutputStream();
    if (big) {
      directory.putLong(fields.size());
    } else {
      directory.putShort((short) fields.size());
    }
    fields.forEach(
        (tag, field) -> {
          directory.putShort((short) (int) tag).putShort((short) field.type);
          putWord(directory, field.count);
          byte[] inline = new byte[big ? 8 : 4];
          if (field.bytes.length <= inline.length) {
            System.arraycopy(field.bytes, 0, inline, 0, field.bytes.length);
            directory.put(inline);
          } else {
            putWord(directory, position + size + behind.size());
            behind.writeBytes(field.bytes);
            // Values begin at even positions.
            behind.writeBytes(new byte[behind.size() & 1]);
          }
        });
    putWord(directory, next);
    ByteBuffer all = buffer(size + behind.size());
    return all.put(directory.flip()).put(behind.toByteArray()).flip();
  }

  private void putWord(ByteBuffer into, long value) {
    if (big) {
      into.putLong(value);
    } else {
      into.putInt((int) value);
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
