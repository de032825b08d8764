package org.sardiffusion.runtime.weights;

import java.util.Map;

/** How precisely a graph's weights are stored, as a user would say it. */
public enum Precision {
  FLOAT32,
  FLOAT16,
  BFLOAT16,
  /** No type holds 99 % of the floating-point weights. */
  MIXED,
  /** Another floating-point type. */
  OTHER,
  /** The graph has no floating-point weights. */
  NONE;

  /** Exporters leave a few scalars in single precision; they don't make a graph "mixed". */
  private static final double DOMINANT = 0.99;

  static Precision of(Map<ElementType, Long> parameters) {
    long total = parameters.values().stream().mapToLong(Long::longValue).sum();
    if (total == 0) {
      return NONE;
    }
    return parameters.entrySet().stream()
        .filter(entry -> entry.getValue() >= DOMINANT * total)
        .findFirst()
        .map(entry -> of(entry.getKey()))
        .orElse(MIXED);
  }

  private static Precision of(ElementType type) {
    return switch (type) {
      case FLOAT -> FLOAT32;
      case FLOAT16 -> FLOAT16;
      case BFLOAT16 -> BFLOAT16;
      default -> OTHER;
    };
  }
}
