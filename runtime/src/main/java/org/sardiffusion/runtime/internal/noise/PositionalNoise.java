package org.sardiffusion.runtime.internal.noise;

/**
 * Standard normal noise that depends on the seed, the place and the draw alone, so that any part of
 * a scene has the noise that it has in the whole, whenever and in whatever order it is drawn.
 *
 * <p>The four words that {@link Philox4x32} makes of the counter (column / 4, row, channel, draw)
 * under the seed as its key are the noise of four neighbouring columns: words a and b give, with u
 * = (a + 1/2) / 2^32 and v = b / 2^32, the values sqrt(-2 ln u) cos(2 pi v) and sqrt(-2 ln u) sin(2
 * pi v) of Box and Muller (1958), "A note on the generation of random normal deviates". They lie
 * within 6.8 deviations. Computed in double and with {@link StrictMath}, they are the same on every
 * machine.
 */
public final class PositionalNoise {
  private static final double UNIT = 0x1p-32;
  private static final long WORD = 0xFFFFFFFFL;
  private static final int BLOCK = 4;

  private final int key0;
  private final int key1;

  /** Noise of a seed; all 64 bits of it count. */
  public PositionalNoise(long seed) {
    this.key0 = (int) seed;
    this.key1 = (int) (seed >>> 32);
  }

  /**
   * Part of a row of noise.
   *
   * @param draw which of independent fields of noise
   * @param channel of the latents
   * @param row of the scene, from 0
   * @param column of the scene at which to begin, from 0
   * @param target receives the values
   * @param from first index in {@code target}
   * @param count how many columns
   */
  public void fill(
      int draw, int channel, int row, int column, float[] target, int from, int count) {
    int[] words = new int[BLOCK];
    double[] normal = new double[BLOCK];
    int end = column + count;
    for (int block = column / BLOCK; block * BLOCK < end; block++) {
      words[0] = block;
      words[1] = row;
      words[2] = channel;
      words[3] = draw;
      Philox4x32.apply(words, key0, key1);
      transform(words, normal, 0);
      transform(words, normal, 2);
      int first = Math.max(column, block * BLOCK);
      int last = Math.min(end, (block + 1) * BLOCK);
      for (int x = first; x < last; x++) {
        target[from + x - column] = (float) normal[x % BLOCK];
      }
    }
  }

  private static void transform(int[] words, double[] normal, int pair) {
    double u = ((words[pair] & WORD) + 0.5) * UNIT;
    double angle = 2 * Math.PI * ((words[pair + 1] & WORD) * UNIT);
    double radius = StrictMath.sqrt(-2 * StrictMath.log(u));
    normal[pair] = radius * StrictMath.cos(angle);
    normal[pair + 1] = radius * StrictMath.sin(angle);
  }
}
