package org.sardiffusion.runtime.internal.noise;

/**
 * Logarithm, sine and cosine as torch's AVX2 code approximates them in float, bit for bit.
 *
 * <p>The method is Moshier's Cephes library ({@code logf}, {@code sinf}, {@code cosf}): split off
 * the power of two, or the octant, then a polynomial. Order of operations and coefficients are
 * those of {@code aten/src/ATen/native/cpu/avx_mathfun.h} ({@code log256_ps}, {@code
 * sincos256_ps}). That file multiplies and adds in separate steps; the compiler of torch's Linux
 * x86-64 packages fuses some of them into one rounding. Which ones was found by trying the variants
 * on every uniform number that torch can draw: with those below not one of the 2^24 logarithms,
 * sines and cosines differs.
 *
 * <p>On a processor without fused multiply-add {@link Math#fma(float, float, float)} gives the same
 * values by way of {@link java.math.BigDecimal}: a 1024 x 1024 image's noise then takes seconds
 * instead of milliseconds.
 */
final class CephesFloat {
  private static final float SQRT_HALF = 0.70710678f;

  /** ln 2 in two parts: the first has 9 bits, so that its products with exponents are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  private static final float FOUR_OVER_PI = 1.27323954473516f;

  /** pi/4 in three parts, each short enough for exact products with small octant numbers. */
  private static final float PI_4_HIGH = 0.78515625f;

  private static final float PI_4_MIDDLE = 2.4187564849853515625e-4f;
  private static final float PI_4_LOW = 3.77489497744594108e-8f;

  private CephesFloat() {}

  /**
   * Natural logarithm.
   *
   * @param value positive and not subnormal
   */
  static float log(float value) {
    // value = (1 + x) 2^exponent, 1 + x within [sqrt(1/2), sqrt(2))
    float mantissa = Math.scalb(value, -1 - Math.getExponent(value));
    float exponent = Math.getExponent(value) + 1;
    float x;
    if (mantissa < SQRT_HALF) {
      exponent -= 1;
      x = mantissa + mantissa - 1;
    } else {
      x = mantissa - 1;
    }
    float p = 7.0376836292e-2f;
    p = Math.fma(p, x, -1.1514610310e-1f);
    p = Math.fma(p, x, 1.1676998740e-1f);
    p = Math.fma(p, x, -1.2420140846e-1f);
    p = Math.fma(p, x, 1.4249322787e-1f);
    p = Math.fma(p, x, -1.6668057665e-1f);
    p = Math.fma(p, x, 2.0000714765e-1f);
    p = Math.fma(p, x, -2.4999993993e-1f);
    p = Math.fma(p, x, 3.3333331174e-1f);
    float square = x * x;
    float correction = Math.fma(p * x, square, exponent * LN2_LOW) - 0.5f * square;
    return x + correction + exponent * LN2_HIGH;
  }

  /**
   * Sine.
   *
   * @param angle in radians, within [0, 8192)
   */
  static float sin(float angle) {
    int octant = nearestEvenOctant(angle);
    float rest = lessOctants(angle, octant);
    float value = (octant & 2) == 0 ? sinNearZero(rest) : cosNearZero(rest);
    return (octant & 4) == 0 ? value : -value;
  }

  /**
   * Cosine.
   *
   * @param angle in radians, within [0, 8192)
   */
  static float cos(float angle) {
    int octant = nearestEvenOctant(angle);
    float rest = lessOctants(angle, octant);
    float value = (octant & 2) == 0 ? cosNearZero(rest) : sinNearZero(rest);
    return ((octant + 2) & 4) == 0 ? value : -value;
  }

  private static int nearestEvenOctant(float angle) {
    return ((int) (angle * FOUR_OVER_PI) + 1) & ~1;
  }

  private static float lessOctants(float angle, int octants) {
    float rest = Math.fma(octants, -PI_4_HIGH, angle);
    rest = Math.fma(octants, -PI_4_MIDDLE, rest);
    return Math.fma(octants, -PI_4_LOW, rest);
  }

  private static float sinNearZero(float x) {
    float square = x * x;
    float p = -1.9515295891e-4f;
    p = Math.fma(p, square, 8.3321608736e-3f);
    p = Math.fma(p, square, -1.6666654611e-1f);
    return Math.fma(p * square, x, x);
  }

  private static float cosNearZero(float x) {
    float square = x * x;
    float p = 2.443315711809948e-5f;
    p = Math.fma(p, square, -1.388731625493765e-3f);
    p = Math.fma(p, square, 4.166664568298827e-2f);
    return Math.fma(p * square, square, -0.5f * square) + 1;
  }
}
