package org.sardiffusion.geo.internal.tiff;

import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sardiffusion.geo.MalformedFileException;

/**
 * How the bytes of a TIFF block are packed.
 *
 * @param method the compression
 * @param predictor 1 for none, 2 for differences of neighbours, 3 for those of split floats
 */
record BlockCoding(Method method, int predictor) {
  private static final int NONE = 1;
  private static final int DIFFERENCES = 2;
  private static final int FLOAT_DIFFERENCES = 3;

  /** TIFF 6.0, its supplements, and libtiff's registered codes. */
  enum Method {
    PLAIN {
      @Override
      void unpack(byte[] packed, byte[] into) throws IOException {
        if (packed.length < into.length) {
          throw new EOFException();
        }
        System.arraycopy(packed, 0, into, 0, into.length);
      }
    },
    LZW {
      @Override
      void unpack(byte[] packed, byte[] into) throws IOException {
        LzwDecoder.decode(packed, into);
      }
    },
    DEFLATE {
      @Override
      void unpack(byte[] packed, byte[] into) throws IOException {
        Inflater inflater = new Inflater();
        try {
          inflater.setInput(packed);
          int done = 0;
          while (done < into.length) {
            int now = inflater.inflate(into, done, into.length - done);
            if (now == 0) {
              throw new IOException("a block ends too early");
            }
            done += now;
          }
        } catch (DataFormatException e) {
          throw new IOException("a block is no Deflate stream", e);
        } finally {
          inflater.end();
        }
      }
    },
    PACK_BITS {
      @Override
      void unpack(byte[] packed, byte[] into) throws IOException {
        int from = 0;
        int to = 0;
        while (to < into.length) {
          int count = from < packed.length ? packed[from++] : Integer.MIN_VALUE;
          int length = count >= 0 ? count + 1 : 1 - count;
          boolean skipped = count == Byte.MIN_VALUE;
          int taken = count >= 0 ? length : 1;
          if (!skipped && (count < -128 || from + taken > packed.length)) {
            throw new IOException("a block ends too early");
          }
          if (!skipped) {
            // libtiff, too, cuts a run that overshoots its block.
            int kept = Math.min(length, into.length - to);
            if (count >= 0) {
              System.arraycopy(packed, from, into, to, kept);
            } else {
              Arrays.fill(into, to, to + kept, packed[from]);
            }
            from += taken;
            to += kept;
          }
        }
      }
    },
    ZSTD {
      @Override
      void unpack(byte[] packed, byte[] into) throws IOException {
        int length;
        try {
          length =
              new ZstdDecompressor().decompress(packed, 0, packed.length, into, 0, into.length);
        } catch (RuntimeException e) {
          throw new IOException("a block is not a Zstandard stream", e);
        }
        if (length < into.length) {
          throw new IOException("a block ends too early");
        }
      }
    };

    /**
     * Fills an array.
     *
     * @throws IOException if the bytes are not so packed, or unpack to fewer
     */
    abstract void unpack(byte[] packed, byte[] into) throws IOException;
  }

  /**
   * Reads the coding of a file.
   *
   * @throws MalformedFileException if it is none of these
   */
  static BlockCoding of(Path path, TiffDirectory directory) {
    int compression = (int) directory.number(TiffTags.COMPRESSION, 1);
    Method method =
        switch (compression) {
          case 1 -> Method.PLAIN;
          case 5 -> Method.LZW;
          case 8, 32946 -> Method.DEFLATE;
          case 32773 -> Method.PACK_BITS;
          case 50000 -> Method.ZSTD;
          default ->
              throw new MalformedFileException(
                  path,
                  "its compression "
                      + compression
                      + " is not read: none, LZW, Deflate, PackBits and ZSTD are. Rewrite it with"
                      + " gdal_translate -co COMPRESS=DEFLATE IN.tif OUT.tif.");
        };
    boolean predicts = method != Method.PLAIN && method != Method.PACK_BITS;
    int predictor = predicts ? (int) directory.number(TiffTags.PREDICTOR, NONE) : NONE;
    boolean reversed = directory.number(TiffTags.FILL_ORDER, 1) != 1;
    if (predictor < NONE || predictor > FLOAT_DIFFERENCES || reversed) {
      throw new MalformedFileException(
          path,
          "its predictor or fill order is not read. Rewrite it with gdal_translate -co"
              + " COMPRESS=DEFLATE IN.tif OUT.tif.");
    }
    return new BlockCoding(method, predictor);
  }

  /** Whether blocks have to be unpacked as a whole. */
  boolean isCompressed() {
    return method != Method.PLAIN;
  }

  /**
   * Unpacks a block into the bytes that an uncompressed file would hold.
   *
   * @param packed as the file holds it
   * @param layout of its image
   * @param rows how many rows the block stores
   * @throws IOException if it is broken
   */
  byte[] unpack(byte[] packed, TiffLayout layout, int rows) throws IOException {
    int perRow = (int) layout.bytes(layout.blocks().width());
    byte[] bytes = new byte[perRow * rows];
    method.unpack(packed, bytes);
    for (int row = 0; row < rows && predictor != NONE; row++) {
      if (predictor == DIFFERENCES) {
        sum(bytes, row * perRow, perRow, layout);
      } else {
        sumFloats(bytes, row * perRow, perRow, layout);
      }
    }
    return bytes;
  }

  /** TIFF 6.0, section 14: each number is the difference to the one of the pixel to the left. */
  private static void sum(byte[] bytes, int start, int length, TiffLayout layout) {
    int size = layout.type().bytes();
    int stride = layout.bytesPerPixel();
    boolean little = layout.order() == ByteOrder.LITTLE_ENDIAN;
    for (int at = start + stride; at < start + length; at += size) {
      int carry = 0;
      for (int k = 0; k < size; k++) {
        int b = at + (little ? k : size - 1 - k);
        carry += (bytes[b] & 0xFF) + (bytes[b - stride] & 0xFF);
        bytes[b] = (byte) carry;
        carry >>= 8;
      }
    }
  }

  /**
   * Adobe's TIFF Technical Note 3: a row of floats is split into planes of bytes, the most
   * significant first, and these are stored as differences.
   */
  private static void sumFloats(byte[] bytes, int start, int length, TiffLayout layout) {
    int size = layout.type().bytes();
    int stride = layout.bands() * layout.valuesPerPixel();
    for (int at = start + stride; at < start + length; at++) {
      bytes[at] += bytes[at - stride];
    }
    byte[] planes = Arrays.copyOfRange(bytes, start, start + length);
    int count = length / size;
    boolean little = layout.order() == ByteOrder.LITTLE_ENDIAN;
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < size; k++) {
        bytes[start + i * size + (little ? size - 1 - k : k)] = planes[k * count + i];
      }
    }
  }
}
