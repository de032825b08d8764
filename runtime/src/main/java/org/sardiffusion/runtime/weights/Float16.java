package org.sardiffusion.runtime.weights;

/**
 * IEEE 754 binary16, exactly widened: subnormals, infinities, signed zeros and the payloads of NaNs
 * included; and floats rounded to it.
 */
public final class Float16 {

  /**
   * The binary32 bits of every half. A table, because it is exact by construction, has no slow path
   * for subnormals (which are common among weights) and its hot part fits the cache; bits instead
   * of floats, so that no NaN is touched on the way.
   */
  private static final int[] FLOAT_BITS = new int[1 << 16];

  static {
    for (int half = 0; half < FLOAT_BITS.length; half++) {
      FLOAT_BITS[half] = floatBits(half);
    }
  }

  private Float16() {}

  /** The float equal to {@code half}. */
  public static float toFloat(short half) {
    return Float.intBitsToFloat(FLOAT_BITS[half & 0xffff]);
  }

  /** Widens the first {@code count} halves into the bits of floats. */
  static void widen(short[] halves, int[] floatBits, int count) {
    for (int i = 0; i < count; i++) {
      floatBits[i] = FLOAT_BITS[halves[i] & 0xffff];
    }
  }

  /** The half nearest to {@code value}, ties to even; infinite where it is too large. */
  public static short nearest(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    // 65520 lies halfway between the largest half and what would follow it.
    if (magnitude >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    // Below 2^-14: a multiple of 2^-24, which float addition to 0.5 rounds to.
    if (magnitude < 0x38800000) {
      int rounded = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f);
      return (short) (sign | rounded - 0x3f000000);
    }
    int even = magnitude >>> 13 & 1;
    return (short) (sign | (magnitude - 0x38000000 + 0xfff + even) >>> 13);
  }

  private static int floatBits(int half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      // Zero or subnormal: fraction * 2^-24, which a float holds exactly.
      return sign | Float.floatToRawIntBits(fraction * 0x1p-24f);
    }
    int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return sign | widened << 23 | fraction << 13;
  }
}
