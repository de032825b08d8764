package org.sardiffusion.pipelines.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Decompresses a block of Snappy (google/snappy, {@code format_description.txt}). */
final class Snappy {
  private static final int LITERAL = 0;
  private static final int NEAR = 1;
  private static final int FAR = 2;

  /** Longer literals write their length apart. */
  private static final int SHORT_LITERAL = 60;

  private Snappy() {}

  /**
   * The plain bytes.
   *
   * @param bytes how many there must be
   * @throws IllegalArgumentException if the block is damaged
   * @throws java.nio.BufferUnderflowException if it ends too early
   */
  static byte[] decompress(byte[] block, int bytes) {
    ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    require(ThriftStruct.varint(in) == bytes);
    byte[] plain = new byte[bytes];
    int done = 0;
    while (in.hasRemaining()) {
      int tag = in.get() & 0xFF;
      int kind = tag & 3;
      if (kind == LITERAL) {
        long length = literal(in, tag >> 2);
        require(length <= bytes - done);
        in.get(plain, done, (int) length);
        done += (int) length;
        continue;
      }
      int length = kind == NEAR ? (tag >> 2 & 7) + 4 : (tag >> 2) + 1;
      long back =
          switch (kind) {
            case NEAR -> (tag >> 5) << 8 | in.get() & 0xFF;
            case FAR -> in.getShort() & 0xFFFF;
            default -> in.getInt() & 0xFFFFFFFFL;
          };
      require(back > 0 && back <= done && length <= bytes - done);
      // Byte by byte: what is copied may be what is being written, and so repeats.
      for (int end = done + length; done < end; done++) {
        plain[done] = plain[done - (int) back];
      }
    }
    require(done == bytes);
    return plain;
  }

  private static long literal(ByteBuffer in, int said) {
    if (said < SHORT_LITERAL) {
      return said + 1L;
    }
    long length = 0;
    for (int k = 0; k <= said - SHORT_LITERAL; k++) {
      length |= (in.get() & 0xFFL) << 8 * k;
    }
    return length + 1;
  }

  private static void require(boolean right) {
    if (!right) {
      throw new IllegalArgumentException("a page of it is not compressed as it says");
    }
  }
}
