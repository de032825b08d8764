package org.sardiffusion.geo.files;

/** How the tiles of a GeoTIFF are compressed; all are lossless. */
public enum Compression {
  /** As it is. */
  NONE,
  /** zlib's; every reader has it. */
  DEFLATE,
  /** Zstandard; fast, for GDAL 2.3 and later. */
  ZSTD
}
