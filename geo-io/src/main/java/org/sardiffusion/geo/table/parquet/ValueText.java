package org.sardiffusion.geo.table.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** How a value in plain encoding is written as text. */
@FunctionalInterface
interface ValueText {
  /** Decimals of 256 bits, the longest that Arrow has, have 76 digits. */
  int MOST_DIGITS = 76;

  /** Longer whole numbers are not all distinct as doubles. */
  double EXACT = 1L << 53;

  /**
   * The text.
   *
   * @param value its bytes in little-endian order, used up
   */
  String of(ByteBuffer value);

  /**
   * How values of a column are written.
   *
   * @param element of the schema
   */
  static ValueText of(PhysicalType type, ThriftStruct element) {
    LogicalType logical = LogicalType.of(element);
    return switch (logical) {
      case DECIMAL -> decimal(type, scale(element));
      case UNSIGNED ->
          type == PhysicalType.INT32
              ? value -> String.valueOf(Integer.toUnsignedLong(value.getInt()))
              : value -> Long.toUnsignedString(value.getLong());
      case PLAIN -> plain(type);
      case TIME, OTHER -> throw refused(logical.what());
    };
  }

  private static ValueText plain(PhysicalType type) {
    return switch (type) {
      // The bit itself, as a page has no bytes of its own for it.
      case BOOLEAN -> value -> String.valueOf(value.get() != 0);
      case INT32 -> value -> String.valueOf(value.getInt());
      case INT64 -> value -> String.valueOf(value.getLong());
      case FLOAT ->
          value -> {
            float number = value.getFloat();
            return number(number, Float.toString(number));
          };
      case DOUBLE ->
          value -> {
            double number = value.getDouble();
            return number(number, Double.toString(number));
          };
      case BYTE_ARRAY -> ValueText::text;
      case INT96 -> throw refused("times");
      case FIXED_LEN_BYTE_ARRAY -> throw refused("bytes of one length");
    };
  }

  /** Whole numbers get no fraction: pandas keeps whole numbers with gaps as fractions. */
  private static String number(double value, String text) {
    return value == Math.rint(value) && Math.abs(value) < EXACT
        ? String.valueOf((long) value)
        : text;
  }

  private static String text(ByteBuffer value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(value).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableException(
          "holds bytes that are not UTF-8 text: decode them before you write the file", e);
    }
  }

  private static ValueText decimal(PhysicalType type, int scale) {
    return switch (type) {
      case INT32 -> value -> decimal(BigInteger.valueOf(value.getInt()), scale);
      case INT64 -> value -> decimal(BigInteger.valueOf(value.getLong()), scale);
      case BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY ->
          value -> {
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            if (bytes.length == 0 || bytes.length > Integer.SIZE) {
              throw UnreadableException.damaged();
            }
            return decimal(new BigInteger(bytes), scale);
          };
      case BOOLEAN, INT96, FLOAT, DOUBLE -> throw refused("decimals");
    };
  }

  private static String decimal(BigInteger unscaled, int scale) {
    return unscaled.signum() == 0
        ? "0"
        : new BigDecimal(unscaled, scale).stripTrailingZeros().toPlainString();
  }

  /** Writers tell it by the converted type, the logical type, or both. */
  private static int scale(ThriftStruct element) {
    long scale =
        LogicalType.decimal(element)
            .map(type -> (long) type.size(1))
            .orElseGet(() -> element.number(7).orElse(0));
    if (scale < 0 || scale > MOST_DIGITS) {
      throw UnreadableException.damaged();
    }
    return (int) scale;
  }

  private static UnreadableException refused(String what) {
    return new UnreadableException(
        "holds " + what + ", which are not read: write it as text or as numbers");
  }
}
