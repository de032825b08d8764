package org.sardiffusion.runtime.weights;

import java.util.Arrays;
import java.util.Optional;

/**
 * The element type of a tensor; the constants are those of {@code TensorProto.DataType} in ONNX's
 * onnx.proto.
 */
public enum ElementType {
  FLOAT(1, 32, Family.FLOATING),
  UINT8(2, 8, Family.INTEGER),
  INT8(3, 8, Family.INTEGER),
  UINT16(4, 16, Family.INTEGER),
  INT16(5, 16, Family.INTEGER),
  INT32(6, 32, Family.INTEGER),
  INT64(7, 64, Family.INTEGER),
  STRING(8, 0, Family.OTHER),
  BOOL(9, 8, Family.OTHER),
  FLOAT16(10, 16, Family.FLOATING),
  DOUBLE(11, 64, Family.FLOATING),
  UINT32(12, 32, Family.INTEGER),
  UINT64(13, 64, Family.INTEGER),
  COMPLEX64(14, 64, Family.OTHER),
  COMPLEX128(15, 128, Family.OTHER),
  BFLOAT16(16, 16, Family.FLOATING),
  FLOAT8E4M3FN(17, 8, Family.FLOATING),
  FLOAT8E4M3FNUZ(18, 8, Family.FLOATING),
  FLOAT8E5M2(19, 8, Family.FLOATING),
  FLOAT8E5M2FNUZ(20, 8, Family.FLOATING),
  UINT4(21, 4, Family.INTEGER),
  INT4(22, 4, Family.INTEGER),
  FLOAT4E2M1(23, 4, Family.FLOATING);

  private enum Family {
    FLOATING,
    INTEGER,
    OTHER
  }

  private final int code;
  private final int bits;
  private final Family family;

  ElementType(int code, int bits, Family family) {
    this.code = code;
    this.bits = bits;
    this.family = family;
  }

  /** The number that stands for this type in an ONNX file. */
  public int code() {
    return code;
  }

  /** Whether the values are floating-point numbers of any precision. */
  public boolean isFloatingPoint() {
    return family == Family.FLOATING;
  }

  /**
   * Bytes that {@code count} values take as raw data; 0 for strings, which have no raw form. Types
   * under a byte are packed, the last byte padded.
   *
   * @throws ArithmeticException over 2^63 - 1 bytes
   */
  public long byteLength(long count) {
    return bits < 8
        ? Math.addExact(Math.multiplyExact(count, bits), 7) / 8
        : Math.multiplyExact(count, bits / 8);
  }

  /** The type that {@code code} stands for, if this version knows it. */
  public static Optional<ElementType> of(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }
}
