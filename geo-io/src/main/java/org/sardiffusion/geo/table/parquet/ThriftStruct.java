package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A struct that was read from Thrift's compact protocol: what {@link CompactThrift} writes, and the
 * other types of Parquet's metadata.
 *
 * <p>Source: apache/thrift, {@code doc/specs/thrift-compact-protocol.md}.
 *
 * @param fields by their numbers: Boolean, Long, Double, byte[], List or ThriftStruct
 */
record ThriftStruct(Map<Integer, Object> fields) {
  private static final int STOP = 0;
  private static final int TRUE = 1;
  private static final int FALSE = 2;
  private static final int BYTE = 3;
  private static final int DOUBLE = 7;
  private static final int BINARY = 8;
  private static final int SET = 10;
  private static final int STRUCT = 12;

  /** Parquet's metadata is far flatter; what nests deeper is damaged. */
  private static final int DEEPEST = 32;

  /** Longer lists write their size apart. */
  private static final int LONG_LIST = 15;

  /**
   * Reads one struct, and leaves the buffer behind it.
   *
   * @throws UnreadableException if the bytes are something else
   * @throws java.nio.BufferUnderflowException if they end too early
   */
  static ThriftStruct read(ByteBuffer bytes) {
    return read(bytes, 0);
  }

  private static ThriftStruct read(ByteBuffer bytes, int depth) {
    if (depth > DEEPEST) {
      throw new UnreadableException("has metadata that is nested too deeply");
    }
    Map<Integer, Object> fields = new HashMap<>();
    int last = 0;
    for (int head = bytes.get() & 0xFF; head != STOP; head = bytes.get() & 0xFF) {
      int step = head >> 4;
      int field = step == 0 ? (int) zigzag(bytes) : last + step;
      int type = head & 0xF;
      fields.put(
          field,
          type == TRUE || type == FALSE ? (Object) (type == TRUE) : value(bytes, type, depth));
      last = field;
    }
    return new ThriftStruct(fields);
  }

  private static Object value(ByteBuffer bytes, int type, int depth) {
    return switch (type) {
      case TRUE, FALSE -> bytes.get() == TRUE;
      case BYTE -> (long) bytes.get();
      case 4, 5, 6 -> zigzag(bytes);
      case DOUBLE -> Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()));
      case BINARY -> binary(bytes);
      case 9, SET -> list(bytes, depth);
      case STRUCT -> read(bytes, depth + 1);
      default -> throw new UnreadableException("has metadata with the unknown type " + type);
    };
  }

  private static byte[] binary(ByteBuffer bytes) {
    long length = varint(bytes);
    if (length < 0 || length > bytes.remaining()) {
      throw new UnreadableException("has metadata with a text of " + length + " bytes");
    }
    byte[] value = new byte[(int) length];
    bytes.get(value);
    return value;
  }

  private static List<Object> list(ByteBuffer bytes, int depth) {
    int head = bytes.get() & 0xFF;
    long size = head >> 4 == LONG_LIST ? varint(bytes) : head >> 4;
    // Each element takes a byte at least.
    if (size < 0 || size > bytes.remaining()) {
      throw new UnreadableException("has metadata with a list of " + size);
    }
    List<Object> list = new ArrayList<>();
    for (long k = 0; k < size; k++) {
      list.add(value(bytes, head & 0xF, depth + 1));
    }
    return list;
  }

  /** A signed number: 0, -1, 1, -2 and so on. */
  static long zigzag(ByteBuffer bytes) {
    long value = varint(bytes);
    return value >>> 1 ^ -(value & 1);
  }

  /** Seven bits a byte, the lowest first. */
  static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new UnreadableException("has a number of more than 64 bits");
  }

  OptionalLong number(int field) {
    return fields.get(field) instanceof Long value ? OptionalLong.of(value) : OptionalLong.empty();
  }

  /** A number that has to be there, and be from 0 to 2^31 - 1. */
  int size(int field) {
    long value = number(field).orElse(-1);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new UnreadableException("has metadata without a size in field " + field);
    }
    return (int) value;
  }

  String text(int field) {
    return fields.get(field) instanceof byte[] value
        ? new String(value, StandardCharsets.UTF_8)
        : "";
  }

  /** A flag; whoever leaves it out means true. */
  boolean flag(int field) {
    return fields.get(field) instanceof Boolean value ? value : true;
  }

  ThriftStruct struct(int field) {
    if (fields.get(field) instanceof ThriftStruct value) {
      return value;
    }
    throw new UnreadableException("has metadata without field " + field);
  }

  Optional<ThriftStruct> optional(int field) {
    return fields.get(field) instanceof ThriftStruct value ? Optional.of(value) : Optional.empty();
  }

  List<ThriftStruct> structs(int field) {
    return fields.get(field) instanceof List<?> list
        ? list.stream()
            .filter(ThriftStruct.class::isInstance)
            .map(ThriftStruct.class::cast)
            .toList()
        : List.of();
  }
}
