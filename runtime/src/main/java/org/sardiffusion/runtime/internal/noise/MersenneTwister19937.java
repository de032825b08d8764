package org.sardiffusion.runtime.internal.noise;

/**
 * MT19937 of Matsumoto and Nishimura (1998), "Mersenne twister: a 623-dimensionally equidistributed
 * uniform pseudo-random number generator", seeded by their 2002 {@code init_genrand}.
 *
 * <p>Commons Math has the same recurrence, but its {@code setSeed(int)} shifts a sign-extended seed
 * and so leaves the reference sequence for seeds of 2^31 and above, which torch accepts; hence this
 * one.
 */
final class MersenneTwister19937 {
  private static final int N = 624;
  private static final int M = 397;
  private static final int UPPER_BIT = 0x80000000;
  private static final int LOWER_BITS = 0x7fffffff;
  private static final int TWIST = 0x9908b0df;

  private final int[] state = new int[N];
  private int next = N;

  /** Seeds with the 32 bits of {@code seed}, read as an unsigned number. */
  MersenneTwister19937(int seed) {
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      int previous = state[i - 1];
      state[i] = 1812433253 * (previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next 32 random bits. */
  int nextInt() {
    if (next == N) {
      advance();
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void advance() {
    for (int i = 0; i < N - M; i++) {
      state[i] = state[i + M] ^ twist(state[i], state[i + 1]);
    }
    for (int i = N - M; i < N - 1; i++) {
      state[i] = state[i + M - N] ^ twist(state[i], state[i + 1]);
    }
    state[N - 1] = state[M - 1] ^ twist(state[N - 1], state[0]);
  }

  private static int twist(int upper, int lower) {
    int y = (upper & UPPER_BIT) | (lower & LOWER_BITS);
    return (y >>> 1) ^ (-(y & 1) & TWIST);
  }
}
