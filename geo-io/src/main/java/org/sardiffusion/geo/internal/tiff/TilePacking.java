package org.sardiffusion.geo.internal.tiff;

import io.airlift.compress.zstd.ZstdCompressor;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.sardiffusion.geo.files.Compression;

/** Compresses tiles, one after the other. */
final class TilePacking implements AutoCloseable {
  private final Compression compression;
  private final Deflater deflater = new Deflater();

  TilePacking(Compression compression) {
    this.compression = compression;
  }

  /** What the tag Compression says. */
  int code() {
    return switch (compression) {
      case NONE -> 1;
      case DEFLATE -> 8;
      case ZSTD -> 50000;
    };
  }

  byte[] pack(byte[] tile) {
    return switch (compression) {
      case NONE -> tile;
      case DEFLATE -> deflated(tile);
      case ZSTD -> {
        ZstdCompressor compressor = new ZstdCompressor();
        byte[] packed = new byte[compressor.maxCompressedLength(tile.length)];
        int length = compressor.compress(tile, 0, tile.length, packed, 0, packed.length);
        yield Arrays.copyOf(packed, length);
      }
    };
  }

  private byte[] deflated(byte[] tile) {
    deflater.reset();
    deflater.setInput(tile);
    deflater.finish();
    byte[] packed = new byte[tile.length + tile.length / 1000 + 64];
    int length = deflater.deflate(packed);
    return Arrays.copyOf(packed, length);
  }

  @Override
  public void close() {
    deflater.end();
  }
}
