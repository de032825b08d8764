package org.sardiffusion.runtime.internal.safetensors;

import org.sardiffusion.runtime.weights.Float16;

/** The two 8-bit formats of Micikevicius et al., "FP8 Formats for Deep Learning" (2022). */
final class Float8 {
  private static final int E4M3_BIAS = 7;

  private Float8() {}

  /** 4 bits of exponent and 3 of mantissa; no infinities, and a NaN where all bits are set. */
  static float ofE4M3(byte bits) {
    int exponent = bits >> 3 & 0xf;
    int mantissa = bits & 0x7;
    float magnitude;
    if (exponent == 0xf && mantissa == 0x7) {
      magnitude = Float.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((float) mantissa, 1 - E4M3_BIAS - 3);
    } else {
      magnitude = Math.scalb(1 + mantissa / 8f, exponent - E4M3_BIAS);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  /** 5 bits of exponent and 2 of mantissa: the upper half of a float16. */
  static float ofE5M2(byte bits) {
    return Float16.toFloat((short) (bits << 8));
  }
}
