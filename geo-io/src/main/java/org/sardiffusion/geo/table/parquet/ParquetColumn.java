package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A flat column, and how its values become texts.
 *
 * @param type how they are stored
 * @param bytes of a value in plain encoding; 0 where each has its own length, or less than one
 * @param optional whether there are nulls
 * @param text writes a value
 */
record ParquetColumn(PhysicalType type, int bytes, boolean optional, ValueText text) {
  /** The repetition of values that may be null. */
  private static final int OPTIONAL = 1;

  /**
   * Reads a leaf of the schema.
   *
   * @throws UnreadableException if its values are not read
   */
  static ParquetColumn of(ThriftStruct element) {
    PhysicalType type = PhysicalType.of(element.size(1));
    int bytes = type == PhysicalType.FIXED_LEN_BYTE_ARRAY ? element.size(2) : type.bytes();
    return new ParquetColumn(
        type, bytes, element.number(3).orElse(0) == OPTIONAL, ValueText.of(type, element));
  }

  /** The texts of values in plain encoding. */
  List<String> texts(ByteBuffer plain, int count) {
    List<String> texts = new ArrayList<>();
    PackedBits flags = new PackedBits(plain, 1);
    for (int k = 0; k < count; k++) {
      texts.add(
          text.of(
              switch (type) {
                case BOOLEAN -> ByteBuffer.wrap(new byte[] {(byte) flags.next()});
                case BYTE_ARRAY -> ParquetBytes.take(plain, plain.getInt());
                default -> ParquetBytes.take(plain, bytes);
              }));
    }
    return texts;
  }
}
