package org.sardiffusion.runtime.internal.noise;

/**
 * Philox4x32-10 of Salmon et al. (2011), "Parallel random numbers: as easy as 1, 2, 3", section
 * 4.3: four random words that depend on nothing but a counter and a key.
 *
 * <p>Ten rounds of two 32 by 32 bit multiplications, whose upper halves are mixed with the other
 * words and a key that is bumped by Weyl constants. The constants are those of the authors'
 * Random123 ({@code include/Random123/philox.h}), whose known answers the test has.
 */
final class Philox4x32 {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long WORD = 0xFFFFFFFFL;

  private Philox4x32() {}

  /**
   * Replaces a counter by its random words.
   *
   * @param block the counter's four words, lowest first; receives the random ones
   * @param key0 lower word of the key
   * @param key1 upper word
   */
  static void apply(int[] block, int key0, int key1) {
    int c0 = block[0];
    int c1 = block[1];
    int c2 = block[2];
    int c3 = block[3];
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & WORD);
      long product1 = MULTIPLIER_1 * (c2 & WORD);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    block[0] = c0;
    block[1] = c1;
    block[2] = c2;
    block[3] = c3;
  }
}
