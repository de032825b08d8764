package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Float16Test {

  /** By the definition of IEEE 754-2019, section 3.4, in double precision. */
  static float reference(short half) {
    int exponent = half >> 10 & 31;
    int fraction = half & 1023;
    double sign = half < 0 ? -1 : 1;
    if (exponent == 31) {
      return fraction == 0 ? (float) (sign / 0.0) : Float.NaN;
    }
    return (float)
        (exponent == 0
            ? sign * fraction * Math.pow(2, -24)
            : sign * (1024 + fraction) * Math.pow(2, exponent - 25));
  }

  @Test
  void everyHalfHasItsExactValue() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short half = (short) bits;
      assertEquals(
          Float.floatToIntBits(reference(half)),
          Float.floatToIntBits(Float16.toFloat(half)),
          Integer.toHexString(bits));
    }
  }

  @Test
  void knownValues() {
    // From IEEE 754's own examples: 1, the largest, the smallest normal and subnormal, -0.
    assertEquals(1f, Float16.toFloat((short) 0x3c00));
    assertEquals(65504f, Float16.toFloat((short) 0x7bff));
    assertEquals(6.103515625e-5f, Float16.toFloat((short) 0x0400));
    assertEquals(5.9604645e-8f, Float16.toFloat((short) 0x0001));
    assertEquals(Integer.MIN_VALUE, Float.floatToRawIntBits(Float16.toFloat((short) 0x8000)));
  }

  @Test
  void notANumberKeepsItsPayload() {
    int[] bits = new int[1];
    Float16.widen(new short[] {(short) 0xfe01}, bits, 1);
    assertEquals(0xffc02000, bits[0]);
    assertTrue(Float.isNaN(Float16.toFloat((short) 0x7c01)));
  }

  @Test
  void everyHalfIsNearestToItselfAndMidpointsGoToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float half = Float16.toFloat((short) bits);
      float next = Float16.toFloat((short) (bits + 1));
      float middle = (half + next) / 2;
      assertEquals((short) bits, Float16.nearest(half));
      assertEquals((short) (bits | 0x8000), Float16.nearest(-half));
      assertEquals((short) (bits + (bits & 1)), Float16.nearest(middle), Integer.toHexString(bits));
      assertEquals((short) bits, Float16.nearest(Math.nextDown(middle)));
      assertEquals((short) (bits + 1), Float16.nearest(Math.nextUp(middle)));
    }
    assertEquals((short) 0x7bff, Float16.nearest(Math.nextDown(65520f)));
    assertEquals((short) 0x7c00, Float16.nearest(65520f));
    assertEquals((short) 0xfc00, Float16.nearest(Float.NEGATIVE_INFINITY));
    assertTrue(Float.isNaN(Float16.toFloat(Float16.nearest(Float.NaN))));
  }
}
