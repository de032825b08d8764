package org.sardiffusion.conditioning.fourier;

/**
 * The discrete Fourier transform of {@link Lanes#COUNT} lines at once, of any length.
 *
 * <p>{@code X[k] = sum x[n] exp(-2 pi i k n / length)}, not scaled. Sample n of all lines is a
 * vector (see {@link Lanes}), which lies at {@link #position position(n)} before the transform; bin
 * k lies at k after it. The inverse, too, comes of it: {@code length * x[n]} is bin {@code -n mod
 * length} of the transform of X.
 *
 * <p>Relative error in single precision about 1e-7. Immutable: several threads may share one.
 */
public sealed interface LineTransform permits MixedRadix, Chirp {
  /** Largest prime factor that is transformed directly; Bluestein's way costs less beyond. */
  int LARGEST_RADIX = 61;

  /**
   * The fastest transform of a length.
   *
   * @param length at least 1
   */
  static LineTransform of(int length) {
    return MixedRadix.largestPrime(length) > LARGEST_RADIX
        ? new Chirp(length)
        : new MixedRadix(length);
  }

  /** Samples of a line. */
  int length();

  /** Vectors to be given to {@link #transform}: those of the line and some to work with. */
  int vectors();

  /** Where sample n must lie. */
  int position(int sample);

  /**
   * Transforms in place.
   *
   * @param x at least {@link #vectors()} vectors; those that hold no sample may hold anything, and
   *     do so afterwards. The vectors may have been exchanged for one another.
   */
  void transform(float[][] x);
}
