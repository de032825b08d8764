package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;

/** Numbers of equally many bits, packed from the lowest bit of each byte on. */
final class PackedBits {
  private final ByteBuffer data;
  private final int bits;
  private int held;
  private int left;

  /**
   * @param bits of a number, from 0 to 64
   */
  PackedBits(ByteBuffer data, int bits) {
    this.data = data;
    this.bits = bits;
  }

  long next() {
    long value = 0;
    for (int done = 0; done < bits; ) {
      if (left == 0) {
        held = data.get() & 0xFF;
        left = Byte.SIZE;
      }
      int taken = Math.min(left, bits - done);
      value |= (held & (1L << taken) - 1) << done;
      held >>>= taken;
      left -= taken;
      done += taken;
    }
    return value;
  }
}
