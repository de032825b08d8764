package org.sardiffusion.geo.tiff;

/** Takes the tags of one image. */
interface TagSink {
  void doubles(int tag, double... values);

  /** Unsigned, 0 to 65535. */
  void shorts(int tag, int... values);

  /** Stored as UTF-8 with a NUL at its end. */
  void text(int tag, String text);
}
