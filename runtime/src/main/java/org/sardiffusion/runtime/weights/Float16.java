package org.sardiffusion.runtime.weights;

/**
 * IEEE 754 binary16, exactly widened: subnormals, infinities, signed zeros and the payloads of NaNs
 * included.
 */
final class Float16 {

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
  static float toFloat(short half) {
    return Float.intBitsToFloat(FLOAT_BITS[half & 0xffff]);
  }

  /** Widens the first {@code count} halves into the bits of floats. */
  static void widen(short[] halves, int[] floatBits, int count) {
    for (int i = 0; i < count; i++) {
      floatBits[i] = FLOAT_BITS[halves[i] & 0xffff];
    }
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
