package org.sardiffusion.conditioning.fourier;

import java.util.ArrayList;
import java.util.List;

/**
 * Decimation in time for lengths with small prime factors.
 *
 * <p>A length n = r m is made of r transforms of length m, of the samples with n mod r = 0, 1, ...,
 * which lie one after the other; those with the same bin are multiplied by the twiddle factors
 * {@code exp(-2 pi i k p / n)} and joined by transforms of length r (Cooley and Tukey, "An
 * algorithm for the machine calculation of complex Fourier series", Math. Comp. 19, 1965). Done
 * depth first, several levels at once for a few bins, so that the vectors in use stay in the cache.
 */
final class MixedRadix implements LineTransform {
  /** Vectors that are joined at once; twice as many make the nearest cache overflow. */
  private static final int LARGEST_GROUP = 32;

  /** One level joins {@code radix} transforms of length {@code before}. */
  private record Level(int radix, int before) {}

  /** Levels done at once: they join {@code factor} transforms of length {@code before}. */
  private record Group(List<Level> levels, int before, int factor) {}

  private final int length;
  private final List<Group> groups;
  private final int[] positions;
  private final float[] twiddles;
  private final int largestRadix;

  MixedRadix(int length) {
    this.length = length;
    List<Integer> radices = primeFactors(length);
    largestRadix = radices.stream().mapToInt(Integer::intValue).max().orElse(1);
    groups = groups(radices);
    positions = positions(length, radices);
    twiddles = Circle.table(length);
  }

  static int largestPrime(int length) {
    return primeFactors(length).stream().mapToInt(Integer::intValue).max().orElse(1);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int vectors() {
    return length + (largestRadix > 3 ? OddRadix.vectors(largestRadix) : 0);
  }

  @Override
  public int position(int sample) {
    return positions[sample];
  }

  @Override
  public void transform(float[][] x) {
    if (!groups.isEmpty()) {
      transform(x, groups.size() - 1, 0);
    }
  }

  /** From the largest, which comes first, since the first level has no twiddle factors. */
  private static List<Integer> primeFactors(int length) {
    List<Integer> factors = new ArrayList<>();
    int rest = length;
    for (int p = 2; (long) p * p <= rest; p++) {
      for (; rest % p == 0; rest /= p) {
        factors.add(0, p);
      }
    }
    if (rest > 1) {
      factors.add(0, rest);
    }
    return factors;
  }

  private static List<Group> groups(List<Integer> radices) {
    List<Group> groups = new ArrayList<>();
    List<Level> levels = new ArrayList<>();
    int before = 1;
    int factor = 1;
    for (int radix : radices) {
      if (factor > 1 && factor * radix > LARGEST_GROUP) {
        groups.add(new Group(List.copyOf(levels), before, factor));
        levels.clear();
        before *= factor;
        factor = 1;
      }
      levels.add(new Level(radix, before * factor));
      factor *= radix;
    }
    if (factor > 1) {
      groups.add(new Group(List.copyOf(levels), before, factor));
    }
    return groups;
  }

  private static int[] positions(int length, List<Integer> radices) {
    int[] positions = new int[length];
    for (int n = 0; n < length; n++) {
      int rest = n;
      int m = length;
      for (int level = radices.size() - 1; level >= 0; level--) {
        int radix = radices.get(level);
        m /= radix;
        positions[n] += rest % radix * m;
        rest /= radix;
      }
    }
    return positions;
  }

  private void transform(float[][] x, int number, int base) {
    Group group = groups.get(number);
    if (number > 0) {
      for (int k = 0; k < group.factor; k++) {
        transform(x, number - 1, base + k * group.before);
      }
    }
    int end = base + group.before * group.factor;
    for (int p = 0; p < group.before; p++) {
      for (Level level : group.levels) {
        for (int first = base; first < end; first += level.before * level.radix) {
          for (int bin = p; bin < level.before; bin += group.before) {
            join(x, level, first, bin);
          }
        }
      }
    }
  }

  /** Makes bins {@code bin + k before} of the transforms that begin at {@code first}. */
  private void join(float[][] x, Level level, int first, int bin) {
    int at = first + bin;
    int turn = bin * (length / (level.before * level.radix));
    switch (level.radix) {
      case 2 -> join2(x, at, level.before, turn);
      case 3 -> join3(x, at, level.before, turn);
      default -> joinMany(x, at, level, turn);
    }
  }

  private void join2(float[][] x, int at, int step, int turn) {
    if (turn == 0) {
      Lanes.butterfly2(x[at], x[at + step]);
    } else {
      Lanes.butterfly2(x[at], x[at + step], twiddles[2 * turn], twiddles[2 * turn + 1]);
    }
  }

  private void join3(float[][] x, int at, int step, int turn) {
    turn(x[at + step], turn);
    turn(x[at + 2 * step], 2 * turn);
    Lanes.butterfly3(x[at], x[at + step], x[at + 2 * step]);
  }

  private void joinMany(float[][] x, int at, Level level, int turn) {
    for (int k = 1; k < level.radix; k++) {
      turn(x[at + k * level.before], k * turn);
    }
    OddRadix.transform(x, at, level.before, level.radix, twiddles);
  }

  private void turn(float[] a, int turn) {
    if (turn != 0) {
      Lanes.multiply(a, twiddles[2 * turn], twiddles[2 * turn + 1]);
    }
  }
}
