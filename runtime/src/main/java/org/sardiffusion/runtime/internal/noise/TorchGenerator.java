package org.sardiffusion.runtime.internal.noise;

import java.util.Objects;

/**
 * The random stream of {@code torch.Generator('cpu').manual_seed(seed)}: the same uniform numbers
 * bit for bit, and the standard normal numbers of {@code torch.randn} in float32.
 *
 * <p>Facts from torch's sources: {@code aten/src/ATen/core/MT19937RNGEngine.h} (the engine and its
 * seeding), {@code aten/src/ATen/core/DistributionsHelper.h} (uniform and double precision normal
 * distributions) and {@code aten/src/ATen/native/cpu/DistributionTemplates.h} ({@code
 * normal_fill}).
 *
 * <p>Torch's values depend on the processor that it runs on. This class gives, bit for bit, those
 * of torch 2.11 from the Linux x86-64 packages on a processor with AVX2 (or AVX-512, which takes
 * the same code; see {@link CephesFloat}), and gives them on every processor. Elsewhere (x86-64
 * without AVX2, ARM, other builds of torch) torch's own values of draws of 16 or more differ from
 * these in the last places: by up to 2.4e-6, in two of five values, with its scalar code on Linux
 * x86-64.
 *
 * <p>A generator holds its position in the stream and is not thread-safe.
 */
public final class TorchGenerator {
  /** Torch fills tensors of at least this many values block by block. */
  private static final int BLOCK = 16;

  private static final int HALF_BLOCK = BLOCK / 2;
  private static final float TWO_PI = (float) (2 * Math.PI);
  private static final int FLOAT_BITS = 24;
  private static final long DOUBLE_MASK = (1L << 53) - 1;

  private final MersenneTwister19937 engine;

  /** The sine half of the last double precision pair, kept for the next call as torch keeps it. */
  private double spareNormal;

  private boolean hasSpareNormal;

  /**
   * @param seed any 64-bit seed; like torch, only its low 32 bits count
   */
  public TorchGenerator(long seed) {
    engine = new MersenneTwister19937((int) seed);
  }

  /** Draws {@code target.length} values: {@code torch.randn(target.length, generator=this)}. */
  public void fillStandardNormal(float[] target) {
    fillStandardNormal(target, 0, target.length);
  }

  /**
   * Draws {@code length} values into a part of {@code target}: {@code torch.randn(length,
   * generator=this)}. As in torch the numbers depend on how many are drawn at once.
   *
   * @throws IndexOutOfBoundsException if the part reaches outside of {@code target}
   */
  public void fillStandardNormal(float[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length < BLOCK) {
      for (int i = 0; i < length; i++) {
        target[offset + i] = (float) nextDoubleNormal();
      }
      return;
    }
    fillUniform(target, offset, length);
    for (int i = 0; i + BLOCK <= length; i += BLOCK) {
      boxMuller(target, offset + i);
    }
    if (length % BLOCK != 0) {
      // Torch draws the last 16 values anew, over ones that are already normal.
      int tail = offset + length - BLOCK;
      fillUniform(target, tail, BLOCK);
      boxMuller(target, tail);
    }
  }

  /** The engine's next 32 bits. */
  int nextInt() {
    return engine.nextInt();
  }

  private void fillUniform(float[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = (engine.nextInt() & ((1 << FLOAT_BITS) - 1)) * 0x1p-24f;
    }
  }

  /** Turns 16 uniform values into normal ones: 8 radii, then 8 angles (Box and Muller, 1958). */
  static void boxMuller(float[] values, int offset) {
    for (int i = offset; i < offset + HALF_BLOCK; i++) {
      float u1 = 1 - values[i];
      float theta = TWO_PI * values[i + HALF_BLOCK];
      float radius = (float) Math.sqrt(-2 * CephesFloat.log(u1));
      // Torch adds the mean, 0, which turns -0 into 0.
      values[i] = radius * CephesFloat.cos(theta) + 0f;
      values[i + HALF_BLOCK] = radius * CephesFloat.sin(theta) + 0f;
    }
  }

  private double nextDoubleNormal() {
    if (hasSpareNormal) {
      hasSpareNormal = false;
      return spareNormal;
    }
    double u1 = nextDouble();
    double u2 = nextDouble();
    double radius = Math.sqrt(-2 * Math.log1p(-u2));
    double theta = 2 * Math.PI * u1;
    spareNormal = radius * Math.sin(theta);
    hasSpareNormal = true;
    return radius * Math.cos(theta);
  }

  private double nextDouble() {
    long high = engine.nextInt();
    long low = Integer.toUnsignedLong(engine.nextInt());
    return ((high << 32 | low) & DOUBLE_MASK) * 0x1p-53;
  }
}
