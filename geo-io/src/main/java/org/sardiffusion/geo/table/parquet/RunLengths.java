package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Runs of one number, and groups of eight packed in bits: the RLE hybrid of Encodings.md. */
final class RunLengths {
  private static final int GROUP = 8;

  private RunLengths() {}

  /**
   * Reads numbers.
   *
   * @param data from the first run on, used up as far as needed
   * @param bits of a number, from 0 to 31
   * @param count how many numbers to read
   */
  static int[] read(ByteBuffer data, int bits, int count) {
    if (bits < 0 || bits >= Integer.SIZE) {
      throw UnreadableException.damaged();
    }
    int[] values = new int[count];
    int done = 0;
    while (done < count) {
      long head = ThriftStruct.varint(data);
      if ((head & 1) == 0) {
        int value = 0;
        for (int k = 0; k < (bits + 7) / 8; k++) {
          value |= (data.get() & 0xFF) << 8 * k;
        }
        int end = (int) Math.min(count, done + (head >>> 1));
        if (end <= done) {
          throw UnreadableException.damaged();
        }
        Arrays.fill(values, done, end, value);
        done = end;
      } else {
        done = packed(data, bits, head >>> 1, values, done);
      }
    }
    return values;
  }

  private static int packed(ByteBuffer data, int bits, long groups, int[] values, int from) {
    int done = from;
    for (long group = 0; group < groups && done < values.length; group++) {
      PackedBits packed = new PackedBits(data, bits);
      for (int k = 0; k < GROUP; k++) {
        int value = (int) packed.next();
        if (done < values.length) {
          values[done++] = value;
        }
      }
    }
    if (done == from) {
      throw UnreadableException.damaged();
    }
    return done;
  }
}
