package org.sardiffusion.conditioning.fourier;

import java.util.Arrays;

/**
 * The transform of any length as a convolution with a chirp, by transforms of a length with small
 * factors (Bluestein, "A linear filtering approach to the computation of discrete Fourier
 * transform", IEEE Trans. Audio Electroacoust. 18(4), 1970).
 *
 * <p>With {@code c[n] = exp(-pi i n^2 / length)}, {@code X[k] = c[k] sum (x[n] c[n]) conj(c[k-n])}.
 */
final class Chirp implements LineTransform {
  private final int length;
  private final MixedRadix inner;

  /** c[n] for n below the length. */
  private final float[] chirp;

  /** The transform of conj(c), with the scale of the inverse. */
  private final float[] response;

  Chirp(int length) {
    this.length = length;
    inner = new MixedRadix(innerLength(2 * length - 1));
    chirp = new float[2 * length];
    for (int n = 0; n < length; n++) {
      double angle = Math.PI * ((long) n * n % (2L * length)) / length;
      chirp[2 * n] = (float) Math.cos(angle);
      chirp[2 * n + 1] = (float) -Math.sin(angle);
    }
    response = response();
  }

  /** A power of two or three quarters of one. */
  private static int innerLength(int least) {
    int power = 2 * Integer.highestOneBit(least);
    return power / 2 == least ? least : power / 4 * 3 >= least ? power / 4 * 3 : power;
  }

  private float[] response() {
    int m = inner.length();
    float[][] x = Lanes.allocate(inner.vectors());
    for (int n = 0; n < length; n++) {
      for (int at : new int[] {n, (m - n) % m}) {
        x[inner.position(at)][0] = chirp[2 * n];
        x[inner.position(at)][Lanes.COUNT] = -chirp[2 * n + 1];
      }
    }
    inner.transform(x);
    float[] bins = new float[2 * m];
    for (int k = 0; k < m; k++) {
      bins[2 * k] = x[k][0] / m;
      bins[2 * k + 1] = x[k][Lanes.COUNT] / m;
    }
    return bins;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int vectors() {
    return inner.vectors();
  }

  @Override
  public int position(int sample) {
    return inner.position(sample);
  }

  @Override
  public void transform(float[][] x) {
    int m = inner.length();
    for (int n = 0; n < length; n++) {
      Lanes.multiply(x[inner.position(n)], chirp[2 * n], chirp[2 * n + 1]);
    }
    for (int n = length; n < m; n++) {
      Arrays.fill(x[inner.position(n)], 0);
    }
    inner.transform(x);
    float[][] spectrum = Arrays.copyOf(x, m);
    for (int k = 0; k < m; k++) {
      Lanes.multiply(spectrum[k], response[2 * k], response[2 * k + 1]);
      x[inner.position(k)] = spectrum[k];
    }
    inner.transform(x);
    float[][] reversed = Arrays.copyOf(x, m);
    for (int n = 0; n < m; n++) {
      x[n] = reversed[(m - n) % m];
    }
    for (int k = 0; k < length; k++) {
      Lanes.multiply(x[k], chirp[2 * k], chirp[2 * k + 1]);
    }
  }
}
