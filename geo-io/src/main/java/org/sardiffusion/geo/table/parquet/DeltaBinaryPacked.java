package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;

/**
 * Whole numbers as differences in blocks of mini-blocks, each of its own number of bits:
 * DELTA_BINARY_PACKED of Encodings.md, after Lemire and Boytsov, "Decoding billions of integers per
 * second through vectorization" (2015).
 */
final class DeltaBinaryPacked {
  /** Mini-blocks have a multiple of so many numbers. */
  private static final int MINI_STEP = 32;

  private DeltaBinaryPacked() {}

  /**
   * Reads numbers, and leaves the buffer behind them.
   *
   * @param count how many there must be
   */
  static long[] read(ByteBuffer data, int count) {
    long block = ThriftStruct.varint(data);
    long minis = ThriftStruct.varint(data);
    long total = ThriftStruct.varint(data);
    long value = ThriftStruct.zigzag(data);
    if (total != count || minis <= 0 || block <= 0 || block % (MINI_STEP * minis) != 0) {
      throw UnreadableException.damaged();
    }
    long[] values = new long[count];
    if (count > 0) {
      values[0] = value;
    }
    int done = 1;
    while (done < count) {
      long least = ThriftStruct.zigzag(data);
      ByteBuffer widths = ParquetBytes.take(data, minis);
      while (widths.hasRemaining() && done < count) {
        int bits = widths.get() & 0xFF;
        if (bits > Long.SIZE) {
          throw UnreadableException.damaged();
        }
        // The last one is padded; those after it have no bytes.
        PackedBits packed = new PackedBits(ParquetBytes.take(data, block / minis * bits / 8), bits);
        for (long k = 0; k < block / minis && done < count; k++) {
          value += least + packed.next();
          values[done++] = value;
        }
      }
    }
    return values;
  }
}
