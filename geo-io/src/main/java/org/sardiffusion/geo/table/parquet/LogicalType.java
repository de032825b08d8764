package org.sardiffusion.geo.table.parquet;

import java.util.Optional;
import java.util.Set;

/** What stored values mean, as far as their text depends on it. */
enum LogicalType {
  /** As they are stored. */
  PLAIN("values"),
  UNSIGNED("unsigned numbers"),
  DECIMAL("decimals"),
  TIME("dates or times"),
  OTHER("values that are neither text nor numbers");

  /** The field of the schema's element that holds the logical type; the older converted type. */
  private static final int LOGICAL = 10;

  private static final int CONVERTED = 6;

  private static final int LOGICAL_DECIMAL = 5;
  private static final int LOGICAL_INTEGER = 10;

  /** STRING, ENUM, UNKNOWN (nothing but nulls), JSON. */
  private static final Set<Integer> LOGICAL_PLAIN = Set.of(1, 4, 11, 12);

  private final String what;

  LogicalType(String what) {
    this.what = what;
  }

  /** The values' name in messages. */
  String what() {
    return what;
  }

  static LogicalType of(ThriftStruct element) {
    Optional<ThriftStruct> logical = element.optional(LOGICAL);
    if (logical.isEmpty() || logical.get().fields().isEmpty()) {
      return ofConverted((int) element.number(CONVERTED).orElse(0));
    }
    int field = logical.get().fields().keySet().iterator().next();
    return switch (field) {
      case LOGICAL_DECIMAL -> DECIMAL;
      // DATE, TIME, TIMESTAMP
      case 6, 7, 8 -> TIME;
      case LOGICAL_INTEGER -> logical.get().struct(field).flag(2) ? PLAIN : UNSIGNED;
      default -> LOGICAL_PLAIN.contains(field) ? PLAIN : OTHER;
    };
  }

  private static LogicalType ofConverted(int converted) {
    return switch (converted) {
      // UTF8, ENUM, INT_8 to INT_64, JSON
      case 0, 4, 15, 16, 17, 18, 19 -> PLAIN;
      case 5 -> DECIMAL;
      // DATE, TIME and TIMESTAMP in milliseconds and microseconds
      case 6, 7, 8, 9, 10 -> TIME;
      // UINT_8 to UINT_64
      case 11, 12, 13, 14 -> UNSIGNED;
      default -> OTHER;
    };
  }

  /** The decimal's own struct, with its scale. */
  static Optional<ThriftStruct> decimal(ThriftStruct element) {
    return element.optional(LOGICAL).flatMap(type -> type.optional(LOGICAL_DECIMAL));
  }
}
