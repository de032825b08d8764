package org.sardiffusion.conditioning.fourier;

import java.util.Arrays;

/**
 * One level of a transform by decimation in time: joins r transforms of length m, which lie one
 * after the other, to one of length r m.
 *
 * <p>Bin p of all of them becomes bins p, p + m, ...: number k is multiplied by {@code exp(-2 pi i
 * k p / (r m))}, then they are transformed. Each radix has a class, and with it a compiled method,
 * of its own: HotSpot gives up on loops when too many come together in one method.
 *
 * <p>The table {@code circle} has {@code exp(-2 pi i j / n)} for j = 0 .. n-1, interleaved, with n
 * a multiple of r m.
 */
sealed interface Level {
  /** Length of the transforms before. */
  int before();

  /** Length of the transforms after. */
  int after();

  /**
   * Joins the transforms that begin at vector {@code first}, for bins {@code firstBin, firstBin +
   * step, ...} of them.
   */
  void join(float[][] x, int first, int firstBin, int step);

  /** The level of a radix that is 2, 3, 4 or odd; 4 takes its transforms in the order of two 2s. */
  static Level of(int radix, int before, float[] circle) {
    return switch (radix) {
      case 2 -> new Two(before, circle);
      case 3 -> new Three(before, circle);
      case 4 -> new Four(before, circle);
      default -> new Odd(radix, before, circle);
    };
  }

  /** Radix 2. */
  record Two(int before, float[] circle) implements Level {
    @Override
    public int after() {
      return 2 * before;
    }

    @Override
    public void join(float[][] x, int first, int firstBin, int step) {
      int unit = circle.length / after();
      for (int bin = firstBin; bin < before; bin += step) {
        int at = first + bin;
        int turn = bin * unit;
        if (turn == 0) {
          Lanes.butterfly2(x[at], x[at + before]);
        } else {
          Lanes.butterfly2(x[at], x[at + before], circle[turn], circle[turn + 1]);
        }
      }
    }
  }

  /** Radix 3. */
  record Three(int before, float[] circle) implements Level {
    @Override
    public int after() {
      return 3 * before;
    }

    @Override
    public void join(float[][] x, int first, int firstBin, int step) {
      int unit = circle.length / after();
      for (int bin = firstBin; bin < before; bin += step) {
        float[] b = x[first + bin + before];
        float[] c = x[first + bin + 2 * before];
        int turn = bin * unit;
        if (turn > 0) {
          Lanes.multiply(b, circle[turn], circle[turn + 1]);
          Lanes.multiply(c, circle[2 * turn], circle[2 * turn + 1]);
        }
        Lanes.butterfly3(x[first + bin], b, c);
      }
    }
  }

  /** Radix 4 as two levels of radix 2 in one. */
  record Four(int before, float[] circle) implements Level {
    @Override
    public int after() {
      return 4 * before;
    }

    @Override
    public void join(float[][] x, int first, int firstBin, int step) {
      int unit = circle.length / after();
      for (int bin = firstBin; bin < before; bin += step) {
        int at = first + bin;
        float[] a = x[at];
        float[] b = x[at + before];
        float[] c = x[at + 2 * before];
        float[] d = x[at + 3 * before];
        int turn = bin * unit;
        if (turn == 0) {
          Lanes.butterfly4(a, b, c, d);
        } else {
          Lanes.butterfly4(a, b, c, d, circle, turn);
        }
      }
    }
  }

  /**
   * Any odd radix, by the definition of the transform.
   *
   * <p>Samples k and r - k go together: with their sum s and difference d, {@code X[j] = x[0] + sum
   * (cos(2 pi j k / r) s[k] - i sin(2 pi j k / r) d[k])} for k = 1 .. (r-1)/2, and {@code X[r-j]}
   * is the same with the other sign of the sines: half of the multiplications.
   */
  record Odd(int radix, int before, float[] circle) implements Level {
    /** Vectors to work with, which lie after those of the line. */
    static int vectors(int radix) {
      return radix - 1;
    }

    @Override
    public int after() {
      return radix * before;
    }

    @Override
    public void join(float[][] x, int first, int firstBin, int step) {
      int unit = circle.length / after();
      for (int bin = firstBin; bin < before; bin += step) {
        for (int k = 1; k < radix && bin > 0; k++) {
          int turn = k * bin * unit;
          Lanes.multiply(x[first + bin + k * before], circle[turn], circle[turn + 1]);
        }
        transform(x, first + bin);
      }
    }

    private void transform(float[][] x, int at) {
      int half = radix / 2;
      int free = circle.length / 2;
      float[] zero = x[at];
      for (int k = 1; k <= half; k++) {
        Lanes.butterfly2(x[at + k * before], x[at + (radix - k) * before]);
      }
      for (int j = 1; j <= half; j++) {
        sums(x, at, j, x[free + j - 1], x[free + half + j - 1]);
      }
      for (int k = 1; k <= half; k++) {
        Lanes.addScaled(x[at + k * before], 1, zero);
      }
      for (int j = 1; j <= half; j++) {
        Lanes.butterfly2Turned(x[free + j - 1], x[free + half + j - 1]);
        swap(x, at + j * before, free + j - 1);
        swap(x, at + (radix - j) * before, free + half + j - 1);
      }
    }

    private void sums(float[][] x, int at, int j, float[] cosines, float[] sines) {
      System.arraycopy(x[at], 0, cosines, 0, Lanes.FLOATS);
      Arrays.fill(sines, 0);
      int turn = circle.length / radix;
      for (int k = 1; k <= radix / 2; k++) {
        int point = j * k % radix * turn;
        Lanes.addScaled(x[at + k * before], circle[point], cosines);
        Lanes.addScaled(x[at + (radix - k) * before], -circle[point + 1], sines);
      }
    }

    private static void swap(float[][] x, int i, int j) {
      float[] kept = x[i];
      x[i] = x[j];
      x[j] = kept;
    }
  }
}
