package org.sardiffusion.conditioning.fourier;

/** Points on the unit circle. */
final class Circle {
  private Circle() {}

  /** Real and imaginary parts of exp(-2 pi i k / n) for k = 0 .. n-1, rounded from doubles. */
  static float[] table(int n) {
    float[] table = new float[2 * n];
    for (int k = 0; k < n; k++) {
      double angle = 2 * Math.PI * k / n;
      table[2 * k] = (float) Math.cos(angle);
      table[2 * k + 1] = (float) -Math.sin(angle);
    }
    return table;
  }
}
