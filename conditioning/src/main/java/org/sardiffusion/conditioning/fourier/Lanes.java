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
}
