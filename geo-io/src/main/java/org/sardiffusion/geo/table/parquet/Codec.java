package org.sardiffusion.geo.table.parquet;

import io.airlift.compress.Decompressor;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;

/** How pages are compressed, in the order of {@code parquet.thrift}'s {@code CompressionCodec}. */
enum Codec {
  UNCOMPRESSED(1) {
    @Override
    byte[] unpack(byte[] stored, int bytes) {
      return stored;
    }
  },
  /** A copy of up to 64 bytes takes three, so no block grows as much. */
  SNAPPY(64) {
    @Override
    byte[] unpack(byte[] stored, int bytes) {
      return block(new SnappyDecompressor(), stored, bytes);
    }
  },
  GZIP(1032) {
    @Override
    byte[] unpack(byte[] stored, int bytes) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(stored))) {
        return in.readNBytes(bytes);
      } catch (IOException e) {
        throw new UnreadableException("has a page that is not compressed as the file says", e);
      }
    }
  },
  LZO(0),
  BROTLI(0),
  /** The old name of two forms: Hadoop's, of blocks with their sizes in front, and bare blocks. */
  LZ4(256) {
    @Override
    byte[] unpack(byte[] stored, int bytes) {
      byte[] plain = new byte[bytes];
      return hadoopBlocks(ByteBuffer.wrap(stored), plain) ? plain : LZ4_RAW.unpack(stored, bytes);
    }
  },
  /** A block of 128 KiB of one byte takes four. */
  ZSTD(1 << 15) {
    @Override
    byte[] unpack(byte[] stored, int bytes) {
      return block(new ZstdDecompressor(), stored, bytes);
    }
  },
  LZ4_RAW(256) {
    @Override
    byte[] unpack(byte[] stored, int bytes) {
      return block(new Lz4Decompressor(), stored, bytes);
    }
  };

  /** Of one page. */
  private static final int MOST_BYTES = 256 << 20;

  /** Bytes that frames add, which small pages notice. */
  private static final int FRAME = 64;

  private final int mostRatio;

  /**
   * @param mostRatio how many plain bytes a stored one can stand for; 0 if this codec is not read
   */
  Codec(int mostRatio) {
    this.mostRatio = mostRatio;
  }

  static Codec of(int number) {
    if (number >= values().length || values()[number].mostRatio == 0) {
      String name = number >= values().length ? "codec number " + number : values()[number].name();
      throw new UnreadableException(
          "is compressed with "
              + name
              + ", which is not read: write the file with compression"
              + " zstd or snappy");
    }
    return values()[number];
  }

  /**
   * The plain bytes, of the little-endian order that Parquet has.
   *
   * @param stored the page's bytes, used up
   * @param bytes how many there must be
   */
  ByteBuffer decompress(ByteBuffer stored, int bytes) {
    if (bytes > MOST_BYTES || bytes > (long) mostRatio * (stored.remaining() + FRAME)) {
      throw new UnreadableException(
          "has a page that claims %d bytes but is compressed to %d"
              .formatted(bytes, stored.remaining()));
    }
    byte[] packed = new byte[stored.remaining()];
    stored.get(packed);
    byte[] plain = unpack(packed, bytes);
    if (plain.length != bytes) {
      throw UnreadableException.damaged();
    }
    return ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] unpack(byte[] stored, int bytes) {
    throw new IllegalStateException(name());
  }

  static byte[] block(Decompressor codec, byte[] stored, int bytes) {
    byte[] plain = new byte[bytes];
    try {
      if (codec.decompress(stored, 0, stored.length, plain, 0, bytes) == bytes) {
        return plain;
      }
    } catch (MalformedInputException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new UnreadableException("has a page that is not compressed as the file says", e);
    }
    throw UnreadableException.damaged();
  }

  /** Whether the bytes are blocks with big-endian sizes, plain and stored, in front of each. */
  static boolean hadoopBlocks(ByteBuffer stored, byte[] plain) {
    int done = 0;
    while (stored.remaining() >= 2 * Integer.BYTES) {
      int bytes = stored.getInt();
      int packed = stored.getInt();
      if (bytes < 0 || bytes > plain.length - done || packed < 0 || packed > stored.remaining()) {
        return false;
      }
      byte[] block = new byte[packed];
      stored.get(block);
      System.arraycopy(LZ4_RAW.unpack(block, bytes), 0, plain, done, bytes);
      done += bytes;
    }
    return done == plain.length && !stored.hasRemaining();
  }
}
