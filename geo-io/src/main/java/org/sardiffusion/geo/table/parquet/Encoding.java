package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How the values of a page are encoded, in the order of {@code parquet.thrift}'s {@code Encoding}.
 * Every encoding but those of dictionaries is undone to the plain one.
 */
enum Encoding {
  PLAIN {
    @Override
    ByteBuffer plain(ByteBuffer data, int count, ParquetColumn column) {
      return data;
    }
  },
  GROUP_VAR_INT,
  PLAIN_DICTIONARY,
  /** Of booleans; the plain encoding has them in bits. */
  RLE {
    @Override
    ByteBuffer plain(ByteBuffer data, int count, ParquetColumn column) {
      require(column, PhysicalType.BOOLEAN);
      int[] flags = RunLengths.read(ParquetBytes.take(data, data.getInt()), 1, count);
      ByteBuffer plain = ByteBuffer.allocate((count + 7) / 8);
      for (int k = 0; k < count; k++) {
        plain.put(k / 8, (byte) (plain.get(k / 8) | flags[k] << k % 8));
      }
      return plain;
    }
  },
  BIT_PACKED,
  DELTA_BINARY_PACKED {
    @Override
    ByteBuffer plain(ByteBuffer data, int count, ParquetColumn column) {
      require(column, PhysicalType.INT32, PhysicalType.INT64);
      ByteBuffer plain = littleEndian((long) count * column.bytes());
      for (long value : DeltaBinaryPacked.read(data, count)) {
        if (column.type() == PhysicalType.INT32) {
          plain.putInt((int) value);
        } else {
          plain.putLong(value);
        }
      }
      return plain.flip();
    }
  },
  DELTA_LENGTH_BYTE_ARRAY {
    @Override
    ByteBuffer plain(ByteBuffer data, int count, ParquetColumn column) {
      require(column, PhysicalType.BYTE_ARRAY);
      long[] lengths = DeltaBinaryPacked.read(data, count);
      ByteBuffer plain = littleEndian((long) count * Integer.BYTES + data.remaining());
      for (long length : lengths) {
        plain.putInt((int) length).put(ParquetBytes.take(data, length));
      }
      return plain.flip();
    }
  },
  /** Each begins with so many bytes of the one before. */
  DELTA_BYTE_ARRAY {
    @Override
    ByteBuffer plain(ByteBuffer data, int count, ParquetColumn column) {
      require(column, PhysicalType.BYTE_ARRAY, PhysicalType.FIXED_LEN_BYTE_ARRAY);
      boolean prefixed = column.type() == PhysicalType.BYTE_ARRAY;
      long[] shared = DeltaBinaryPacked.read(data, count);
      long[] lengths = DeltaBinaryPacked.read(data, count);
      long total = 0;
      for (int k = 0; k < count; k++) {
        long before = k == 0 ? 0 : shared[k - 1] + lengths[k - 1];
        if (shared[k] < 0
            || shared[k] > before
            || lengths[k] < 0
            || lengths[k] > data.remaining()) {
          throw UnreadableException.damaged();
        }
        total += shared[k] + lengths[k] + (prefixed ? Integer.BYTES : 0);
      }
      ByteBuffer plain = littleEndian(total);
      int last = 0;
      for (int k = 0; k < count; k++) {
        if (prefixed) {
          plain.putInt((int) (shared[k] + lengths[k]));
        }
        int start = plain.position();
        plain.put(plain.duplicate().slice(last, (int) shared[k]));
        plain.put(ParquetBytes.take(data, lengths[k]));
        last = start;
      }
      return plain.flip();
    }
  },
  RLE_DICTIONARY,
  /** The first bytes of all values, then the second ones, and so on. */
  BYTE_STREAM_SPLIT {
    @Override
    ByteBuffer plain(ByteBuffer data, int count, ParquetColumn column) {
      int bytes = column.bytes();
      if (bytes == 0) {
        throw refused(column);
      }
      ByteBuffer streams = ParquetBytes.take(data, (long) count * bytes);
      ByteBuffer plain = littleEndian((long) count * bytes);
      for (int k = 0; k < count; k++) {
        for (int b = 0; b < bytes; b++) {
          plain.put(streams.get(b * count + k));
        }
      }
      return plain.flip();
    }
  };

  /** Texts that share their beginnings grow; of one page. */
  private static final int MOST_BYTES = 256 << 20;

  static Encoding of(int number) {
    if (number >= values().length) {
      throw new UnreadableException(
          "has the unknown encoding number " + number + ": write it with plain encoding");
    }
    return values()[number];
  }

  boolean isDictionary() {
    return this == PLAIN_DICTIONARY || this == RLE_DICTIONARY;
  }

  /**
   * The values in plain encoding.
   *
   * @param data from the first value on
   * @param count how many values there are
   */
  ByteBuffer plain(ByteBuffer data, int count, ParquetColumn column) {
    throw refused(column);
  }

  void require(ParquetColumn column, PhysicalType... types) {
    for (PhysicalType type : types) {
      if (column.type() == type) {
        return;
      }
    }
    throw refused(column);
  }

  UnreadableException refused(ParquetColumn column) {
    return new UnreadableException(
        "holds %s values encoded with %s, which is not read: write it with plain encoding"
            .formatted(column.type(), this));
  }

  private static ByteBuffer littleEndian(long bytes) {
    if (bytes < 0 || bytes > MOST_BYTES) {
      throw new UnreadableException("has a page of " + bytes + " bytes, which is too large");
    }
    return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
