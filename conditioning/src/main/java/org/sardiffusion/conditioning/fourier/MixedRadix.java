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
  /** Vectors that are joined at once; many more make the nearest cache overflow. */
  private static final int LARGEST_GROUP = 32;

  /** Levels that are done together for a few bins: they begin with one of these lengths. */
  private record Group(Level[] levels) {
    int before() {
      return levels[0].before();
    }

    int after() {
      return levels[levels.length - 1].after();
    }
  }

  private final int length;
  private final Group[] groups;
  private final int[] positions;
  private final int largestPrime;

  MixedRadix(int length) {
    this.length = length;
    List<Integer> primes = primeFactors(length);
    largestPrime = largestPrime(length);
    groups = groups(primes, Circle.table(length));
    positions = positions(length, primes);
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
    return length + (largestPrime > 3 ? Level.Odd.vectors(largestPrime) : 0);
  }

  @Override
  public int position(int sample) {
    return positions[sample];
  }

  @Override
  public void transform(float[][] x) {
    transform(x, groups.length - 1, 0);
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

  private static Group[] groups(List<Integer> primes, float[] circle) {
    List<Group> groups = new ArrayList<>();
    List<Level> levels = new ArrayList<>();
    int before = 1;
    int factor = 1;
    for (int i = 0; i < primes.size(); i++) {
      // Two levels of radix 2 are one of radix 4 that takes its samples in the order of the two.
      boolean pair = primes.get(i) == 2 && (primes.size() - i) % 2 == 0;
      int radix = pair ? 4 : primes.get(i);
      i += pair ? 1 : 0;
      if (factor > 1 && factor * radix > LARGEST_GROUP) {
        groups.add(new Group(levels.toArray(Level[]::new)));
        levels.clear();
        factor = 1;
      }
      levels.add(Level.of(radix, before, circle));
      before *= radix;
      factor *= radix;
    }
    if (factor > 1) {
      groups.add(new Group(levels.toArray(Level[]::new)));
    }
    return groups.toArray(Group[]::new);
  }

  private static int[] positions(int length, List<Integer> primes) {
    int[] positions = new int[length];
    for (int n = 0; n < length; n++) {
      int rest = n;
      int m = length;
      for (int level = primes.size() - 1; level >= 0; level--) {
        int radix = primes.get(level);
        m /= radix;
        positions[n] += rest % radix * m;
        rest /= radix;
      }
    }
    return positions;
  }

  /** Transforms what begins at {@code base} with the groups up to {@code number}. */
  private void transform(float[][] x, int number, int base) {
    if (number < 0) {
      return;
    }
    Group group = groups[number];
    int end = base + group.after();
    for (int part = base; part < end; part += group.before()) {
      transform(x, number - 1, part);
    }
    for (int bin = 0; bin < group.before(); bin++) {
      for (Level level : group.levels) {
        for (int first = base; first < end; first += level.after()) {
          level.join(x, first, bin, group.before());
        }
      }
    }
  }
}
