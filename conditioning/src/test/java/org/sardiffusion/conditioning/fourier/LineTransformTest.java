package org.sardiffusion.conditioning.fourier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jtransforms.fft.DoubleFFT_1D;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against JTransforms in double precision, and against the laws of the Fourier transform. */
class LineTransformTest {
  /** Relative to the root mean square of the line. */
  private static final double TOLERANCE = 6e-7;

  @Test
  void everyLengthUpTo200EqualsDoublePrecision() {
    for (int n = 1; n <= 200; n++) {
      equalsDoublePrecision(n);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        211, 243, 256, 509, 625, 997, 1024, 1009, 2187, 2401, 3721, 4001, 4096, 5003, 6912, 8192,
        10007, 27648, 44100, 65521, 65536
      })
  void equalsDoublePrecision(int n) {
    float[][] lines = lines(n, n);
    float[][] bins = transformed(lines);
    DoubleFFT_1D reference = new DoubleFFT_1D(n);
    for (int lane : new int[] {0, 29, Lanes.COUNT - 1}) {
      double[] expected = new double[2 * n];
      for (int k = 0; k < n; k++) {
        expected[2 * k] = lines[k][lane];
        expected[2 * k + 1] = lines[k][lane + Lanes.COUNT];
      }
      reference.complexForward(expected);
      double error = 0;
      double power = 0;
      for (int k = 0; k < n; k++) {
        error += square(bins[k][lane] - expected[2 * k]);
        error += square(bins[k][lane + Lanes.COUNT] - expected[2 * k + 1]);
        power += square(expected[2 * k]) + square(expected[2 * k + 1]);
      }
      double relative = Math.sqrt(error / power);
      assertTrue(relative < TOLERANCE, "length " + n + " lane " + lane + ": " + relative);
    }
  }

  @Property(tries = 100)
  void theInverseIsTheTransformBackwards(
      @ForAll @IntRange(min = 1, max = 3000) int n, @ForAll long seed) {
    float[][] lines = lines(n, seed);
    float[][] again = transformed(transformed(lines));
    double error = 0;
    double power = 0;
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < Lanes.FLOATS; i++) {
        error += square(again[(n - k) % n][i] / n - lines[k][i]);
        power += square(lines[k][i]);
      }
    }
    assertTrue(Math.sqrt(error / power) < 2 * TOLERANCE, () -> "length " + n);
  }

  @Property(tries = 100)
  void keepsThePowerOfEveryLine(@ForAll @IntRange(min = 1, max = 3000) int n, @ForAll long seed) {
    float[][] lines = lines(n, seed);
    float[][] bins = transformed(lines);
    for (int lane = 0; lane < Lanes.COUNT; lane++) {
      double before = power(lines, n, lane);
      assertEquals(before, power(bins, n, lane) / n, 2e-6 * before, "Parseval, lane " + lane);
    }
  }

  @Property(tries = 100)
  void isLinear(
      @ForAll @IntRange(min = 1, max = 3000) int n,
      @ForAll long seed,
      @ForAll @IntRange(min = -8, max = 8) int factor) {
    float[][] a = lines(n, seed);
    float[][] b = lines(n, seed + 1);
    float[][] sum = new float[n][Lanes.FLOATS];
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < Lanes.FLOATS; i++) {
        sum[k][i] = a[k][i] + factor * b[k][i];
      }
    }
    float[][] binsOfA = transformed(a);
    float[][] binsOfB = transformed(b);
    float[][] binsOfSum = transformed(sum);
    double error = 0;
    double power = 0;
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < Lanes.FLOATS; i++) {
        error += square(binsOfSum[k][i] - binsOfA[k][i] - factor * binsOfB[k][i]);
        power += square(binsOfA[k][i]) + square(factor * binsOfB[k][i]);
      }
    }
    assertTrue(Math.sqrt(error / power) < 2 * TOLERANCE, () -> "length " + n);
  }

  @Property(tries = 100)
  void anImpulseBecomesItsTurns(@ForAll @IntRange(min = 1, max = 3000) int n, @ForAll long seed) {
    int at = Math.floorMod(seed, n);
    float[][] lines = new float[n][Lanes.FLOATS];
    lines[at][7] = 1;
    float[][] bins = transformed(lines);
    for (int k = 0; k < n; k++) {
      double angle = -2 * Math.PI * ((long) k * at % n) / n;
      assertEquals(Math.cos(angle), bins[k][7], 3e-6, () -> "length " + n);
      assertEquals(Math.sin(angle), bins[k][7 + Lanes.COUNT], 3e-6, () -> "length " + n);
      assertTrue(bins[k][8] == 0, "the neighbouring line");
    }
  }

  /** Noise, different in every lane. */
  private static float[][] lines(int n, long seed) {
    Random random = new Random(seed);
    float[][] lines = new float[n][Lanes.FLOATS];
    for (float[] sample : lines) {
      for (int i = 0; i < Lanes.FLOATS; i++) {
        sample[i] = random.nextFloat() - 0.5f;
      }
    }
    return lines;
  }

  private static float[][] transformed(float[][] lines) {
    LineTransform transform = LineTransform.of(lines.length);
    float[][] x = Lanes.allocate(transform.vectors());
    for (float[] vector : x) {
      // What holds no sample may hold anything.
      Arrays.fill(vector, 1e6f);
    }
    for (int k = 0; k < lines.length; k++) {
      System.arraycopy(lines[k], 0, x[transform.position(k)], 0, Lanes.FLOATS);
    }
    transform.transform(x);
    return Arrays.copyOf(x, lines.length);
  }

  private static double power(float[][] x, int n, int lane) {
    double power = 0;
    for (int k = 0; k < n; k++) {
      power += square(x[k][lane]) + square(x[k][lane + Lanes.COUNT]);
    }
    return power;
  }

  private static double square(double value) {
    return value * value;
  }
}
