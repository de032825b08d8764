package org.sardiffusion.runtime.internal.safetensors;

import java.util.Arrays;
import java.util.Optional;

/**
 * Element types of the safetensors format that this library meets; the names are those of the
 * format ({@code safetensors/src/tensor.rs}, {@code Dtype}).
 */
public enum SafeType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  F8_E4M3(1),
  F8_E5M2(1),
  I64(8),
  U64(8),
  I32(4),
  U32(4),
  I16(2),
  U16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  SafeType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one value. */
  public int bytes() {
    return bytes;
  }

  /** Whether {@link SafeTensor#toFloats} reads it. */
  public boolean isReadable() {
    return switch (this) {
      case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> true;
      default -> false;
    };
  }

  static Optional<SafeType> of(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
