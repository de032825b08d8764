package org.sardiffusion.runtime.internal.schedule;

/**
 * The natural logarithm of numpy for float32, bit for bit on x86-64.
 *
 * <p>It is off the nearest float in one case of ten, which matters once: some schedulers of
 * diffusers truncate timesteps that are interpolated between these logarithms, so that the last bit
 * decides whether a run starts at timestep 999 or 998. The method is numpy's (a quotient of
 * polynomials of degree 5 on [sqrt(1/2), sqrt(2)], {@code
 * numpy/_core/src/umath/loops_exponent_log.dispatch.c.src}).
 */
final class NumpyLog {
  private static final float[] NUMERATOR = {
    0f, 9.999999999999998702752e-01f, 2.112677543073053063722e+00f,
    1.480000633576506585156e+00f, 3.808837741388407920751e-01f, 2.589979117907922693523e-02f
  };
  private static final float[] DENOMINATOR = {
    1f, 2.612677543073109236779e+00f, 2.453006071784736363091e+00f,
    9.864942958519418960339e-01f, 1.546476374983906719538e-01f, 5.875095403124574342950e-03f
  };
  private static final float LOG_2 = (float) Math.log(2);
  private static final float SQRT_2 = (float) Math.sqrt(2);

  private NumpyLog() {}

  /** The logarithm of a positive, normal number. */
  static float of(float x) {
    int exponent = Math.getExponent(x);
    float mantissa = Math.scalb(x, -exponent);
    if (mantissa > SQRT_2) {
      mantissa /= 2;
      exponent++;
    }
    float y = mantissa - 1;
    return Math.fma((float) exponent, LOG_2, polynomial(NUMERATOR, y) / polynomial(DENOMINATOR, y));
  }

  private static float polynomial(float[] coefficients, float y) {
    float value = coefficients[5];
    for (int k = 4; k >= 0; k--) {
      value = Math.fma(value, y, coefficients[k]);
    }
    return value;
  }
}
