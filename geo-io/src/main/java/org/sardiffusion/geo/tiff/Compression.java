package org.sardiffusion.geo.tiff;

/** How the tiles of a TIFF are compressed; all are lossless. */
public enum Compression {
  /** As it is. */
  NONE(""),
  /** zlib's; every reader has it. */
  DEFLATE("ZLib"),
  /** Lempel-Ziv-Welch; for old readers. */
  LZW("LZW"),
  /** Zstandard; fast, for GDAL 2.3 and later. */
  ZSTD("ZSTD");

  private final String pluginName;

  Compression(String pluginName) {
    this.pluginName = pluginName;
  }

  /** The name that the TIFF plug-in knows it by. */
  String pluginName() {
    return pluginName;
  }
}
