package org.sardiffusion.geo.table.parquet;

/** How values are stored, in the order of {@code parquet.thrift}'s {@code Type}. */
enum PhysicalType {
  BOOLEAN(0),
  INT32(Integer.BYTES),
  INT64(Long.BYTES),
  INT96(12),
  FLOAT(Float.BYTES),
  DOUBLE(Double.BYTES),
  BYTE_ARRAY(0),
  FIXED_LEN_BYTE_ARRAY(0);

  private final int bytes;

  PhysicalType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a value in plain encoding; 0 where the type alone does not say. */
  int bytes() {
    return bytes;
  }

  static PhysicalType of(int number) {
    if (number >= values().length) {
      throw new UnreadableException("has the unknown type number " + number);
    }
    return values()[number];
  }
}
