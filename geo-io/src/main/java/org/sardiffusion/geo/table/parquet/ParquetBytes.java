package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Parts of a page. */
final class ParquetBytes {
  private ParquetBytes() {}

  /** The next bytes, taken off the front; of little-endian order. */
  static ByteBuffer take(ByteBuffer data, long length) {
    if (length < 0 || length > data.remaining()) {
      throw UnreadableException.damaged();
    }
    ByteBuffer part = data.slice(data.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    data.position(data.position() + (int) length);
    return part;
  }
}
