package org.sardiffusion.geo.internal.tiff;

import java.io.IOException;

/** The LZW of TIFF 6.0, section 13: codes of 9 to 12 bits, the most significant bit first. */
final class LzwDecoder {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST_FREE = 258;
  private static final int MAXIMUM_BITS = 12;
  private static final int TABLE = 1 << MAXIMUM_BITS;

  private LzwDecoder() {}

  /**
   * Fills an array.
   *
   * @throws IOException if the codes make no sense or end before the array is full
   */
  static void decode(byte[] packed, byte[] into) throws IOException {
    // An entry of the table is a stretch of the output: what was written once is never copied
    // twice.
    int[] start = new int[TABLE];
    int[] length = new int[TABLE];
    int free = FIRST_FREE;
    int width = 9;
    int previousStart = 0;
    int previousLength = 0;
    int to = 0;
    long bit = 0;
    while (to < into.length) {
      int code = code(packed, bit, width);
      bit += width;
      if (code == END) {
        break;
      }
      if (code == CLEAR) {
        free = FIRST_FREE;
        width = 9;
        previousLength = 0;
        continue;
      }
      int at = to;
      if (code < CLEAR) {
        into[to++] = (byte) code;
      } else {
        // A code may name the entry that it is about to complete: the previous string and its own
        // first byte, which in the output just follows that string.
        boolean known = code < free || (code == free && previousLength > 0);
        if (!known) {
          throw new IOException("a block is no LZW stream");
        }
        int from = code < free ? start[code] : previousStart;
        int count = code < free ? length[code] : previousLength + 1;
        for (int i = 0; i < count && to < into.length; i++) {
          into[to++] = into[from + i];
        }
      }
      if (previousLength > 0 && free < TABLE) {
        start[free] = previousStart;
        length[free] = previousLength + 1;
        free++;
      }
      previousStart = at;
      previousLength = to - at;
      // The writer is one entry ahead, so codes grow one early.
      if (free + 1 >= 1 << width && width < MAXIMUM_BITS) {
        width++;
      }
    }
    if (to < into.length) {
      throw new IOException("a block ends too early");
    }
  }

  private static int code(byte[] packed, long bit, int width) throws IOException {
    int first = (int) (bit >> 3);
    // Some writers leave the end code away; so the third byte may be missing.
    if (bit + width > packed.length * 8L) {
      throw new IOException("a block ends too early");
    }
    int bits = 0;
    for (int i = 0; i < 3; i++) {
      bits = bits << 8 | (first + i < packed.length ? packed[first + i] & 0xFF : 0);
    }
    return bits >> (24 - width - (int) (bit & 7)) & ((1 << width) - 1);
  }
}
