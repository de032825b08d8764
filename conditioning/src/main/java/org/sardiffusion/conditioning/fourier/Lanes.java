package org.sardiffusion.conditioning.fourier;

/**
 * Arithmetic on vectors of {@link #COUNT} complex numbers, one from each of as many lines.
 *
 * <p>A vector is an array of {@code 2 * COUNT} floats: all real parts, then all imaginary parts.
 * The loops are short, work in place and have constant bounds and offsets, because that is what
 * lets HotSpot's compiler prove that their iterations do not depend on each other and turn them
 * into SIMD instructions; a loop over more than four vectors, or one with an offset that it does
 * not know, stays scalar (measured with Java 17).
 */
public final class Lanes {
  /** Lines that are worked on together. */
  public static final int COUNT = 64;

  /** Floats of a vector. */
  public static final int FLOATS = 2 * COUNT;

  private static final float SIN_60 = (float) (Math.sqrt(3) / 2);

  private Lanes() {}

  /** Vectors of zeros. */
  public static float[][] allocate(int vectors) {
    return new float[vectors][FLOATS];
  }

  /** a = (re + i im) a. */
  public static void multiply(float[] a, float re, float im) {
    for (int i = 0; i < COUNT; i++) {
      float ar = a[i];
      float ai = a[i + COUNT];
      a[i] = ar * re - ai * im;
      a[i + COUNT] = ar * im + ai * re;
    }
  }

  /** to = factor from. */
  public static void scale(float[] from, float factor, float[] to) {
    for (int i = 0; i < FLOATS; i++) {
      to[i] = factor * from[i];
    }
  }

  /** to = to + factor from. */
  public static void addScaled(float[] from, float factor, float[] to) {
    for (int i = 0; i < FLOATS; i++) {
      to[i] += factor * from[i];
    }
  }

  /** (a, b) = (a + b, a - b). */
  static void butterfly2(float[] a, float[] b) {
    for (int i = 0; i < FLOATS; i++) {
      float x = a[i];
      float y = b[i];
      a[i] = x + y;
      b[i] = x - y;
    }
  }

  /** (a, b) = (a + w b, a - w b). */
  static void butterfly2(float[] a, float[] b, float re, float im) {
    for (int i = 0; i < COUNT; i++) {
      float ar = a[i];
      float ai = a[i + COUNT];
      float br = b[i];
      float bi = b[i + COUNT];
      float tr = br * re - bi * im;
      float ti = br * im + bi * re;
      a[i] = ar + tr;
      a[i + COUNT] = ai + ti;
      b[i] = ar - tr;
      b[i + COUNT] = ai - ti;
    }
  }

  /** (a, b) = (a - i b, a + i b). */
  static void butterfly2Turned(float[] a, float[] b) {
    for (int i = 0; i < COUNT; i++) {
      float ar = a[i];
      float ai = a[i + COUNT];
      float br = b[i];
      float bi = b[i + COUNT];
      a[i] = ar + bi;
      a[i + COUNT] = ai - br;
      b[i] = ar - bi;
      b[i + COUNT] = ai + br;
    }
  }

  /** The transform of length 3. */
  static void butterfly3(float[] a, float[] b, float[] c) {
    for (int i = 0; i < COUNT; i++) {
      float ar = a[i];
      float ai = a[i + COUNT];
      float br = b[i];
      float bi = b[i + COUNT];
      float cr = c[i];
      float ci = c[i + COUNT];
      float tr = br + cr;
      float ti = bi + ci;
      float ur = SIN_60 * (br - cr);
      float ui = SIN_60 * (bi - ci);
      float vr = ar - 0.5f * tr;
      float vi = ai - 0.5f * ti;
      a[i] = ar + tr;
      a[i + COUNT] = ai + ti;
      b[i] = vr + ui;
      b[i + COUNT] = vi - ur;
      c[i] = vr - ui;
      c[i + COUNT] = vi + ur;
    }
  }

  /** The transform of length 4 of a, c, b, d: two levels of radix 2. */
  static void butterfly4(float[] a, float[] b, float[] c, float[] d) {
    for (int i = 0; i < COUNT; i++) {
      float ar = a[i];
      float ai = a[i + COUNT];
      float br = b[i];
      float bi = b[i + COUNT];
      float cr = c[i];
      float ci = c[i + COUNT];
      float dr = d[i];
      float di = d[i + COUNT];
      float er = ar + br;
      float ei = ai + bi;
      float fr = ar - br;
      float fi = ai - bi;
      float gr = cr + dr;
      float gi = ci + di;
      float hr = cr - dr;
      float hi = ci - di;
      a[i] = er + gr;
      a[i + COUNT] = ei + gi;
      b[i] = fr + hi;
      b[i + COUNT] = fi - hr;
      c[i] = er - gr;
      c[i + COUNT] = ei - gi;
      d[i] = fr - hi;
      d[i + COUNT] = fi + hr;
    }
  }

  /**
   * The same after b and d were multiplied by w^2 and c and d by w, where w is at {@code turn} of a
   * table of the circle. The loops of four {@link #butterfly2} stand here, not calls, because a
   * method of this size is never inlined: its caller would have too many loops to be compiled well.
   */
  static void butterfly4(float[] a, float[] b, float[] c, float[] d, float[] circle, int turn) {
    float re = circle[turn];
    float im = circle[turn + 1];
    float squareRe = circle[2 * turn];
    float squareIm = circle[2 * turn + 1];
    for (int i = 0; i < COUNT; i++) {
      float pr = a[i];
      float pi = a[i + COUNT];
      float qr = b[i];
      float qi = b[i + COUNT];
      float tr = qr * squareRe - qi * squareIm;
      float ti = qr * squareIm + qi * squareRe;
      a[i] = pr + tr;
      a[i + COUNT] = pi + ti;
      b[i] = pr - tr;
      b[i + COUNT] = pi - ti;
    }
    for (int i = 0; i < COUNT; i++) {
      float pr = c[i];
      float pi = c[i + COUNT];
      float qr = d[i];
      float qi = d[i + COUNT];
      float tr = qr * squareRe - qi * squareIm;
      float ti = qr * squareIm + qi * squareRe;
      c[i] = pr + tr;
      c[i + COUNT] = pi + ti;
      d[i] = pr - tr;
      d[i + COUNT] = pi - ti;
    }
    for (int i = 0; i < COUNT; i++) {
      float pr = a[i];
      float pi = a[i + COUNT];
      float qr = c[i];
      float qi = c[i + COUNT];
      float tr = qr * re - qi * im;
      float ti = qr * im + qi * re;
      a[i] = pr + tr;
      a[i + COUNT] = pi + ti;
      c[i] = pr - tr;
      c[i + COUNT] = pi - ti;
    }
    // A quarter of a turn more: -i w.
    float turnedRe = im;
    float turnedIm = -re;
    for (int i = 0; i < COUNT; i++) {
      float pr = b[i];
      float pi = b[i + COUNT];
      float qr = d[i];
      float qi = d[i + COUNT];
      float tr = qr * turnedRe - qi * turnedIm;
      float ti = qr * turnedIm + qi * turnedRe;
      b[i] = pr + tr;
      b[i + COUNT] = pi + ti;
      d[i] = pr - tr;
      d[i + COUNT] = pi - ti;
    }
  }
}
