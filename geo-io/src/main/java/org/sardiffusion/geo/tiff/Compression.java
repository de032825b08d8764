package org.sardiffusion.geo.tiff;

/** How the tiles of a TIFF are compressed; all are lossless. */
public enum Compression {
  /** As it is. */
  NONE(1),
  /** zlib's; every reader has it. */
  DEFLATE(8),
  /** Zstandard; fast, for GDAL 2.3 and later. */
  ZSTD(50000);

  private final int code;

  Compression(int code) {
    this.code = code;
  }

  /** What the tag Compression says. */
  int code() {
    return code;
  }
}
