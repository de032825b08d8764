package org.sardiffusion.conditioning.spectrum;

import java.util.function.IntUnaryOperator;
import org.sardiffusion.conditioning.fourier.Lanes;

/**
 * Turns rows, which lie one after the other, into vectors of samples, and back.
 *
 * <p>Sample n of lane l lies at float {@code 2 width l + step n} of the strip and its imaginary
 * part {@code imaginary} floats later.
 *
 * @param width samples of a row
 * @param step floats from one sample to the next
 * @param imaginary floats from the real to the imaginary part
 */
record RowLanes(int width, int step, int imaginary) {
  /** Samples and lanes that are turned together, so that cache lines are used while they last. */
  private static final int SAMPLES = 64;

  private static final int LANES = 8;

  /**
   * @param position the vector of a sample
   */
  void load(float[] strip, IntUnaryOperator position, float[][] x) {
    int next = 2 * width;
    for (int from = 0; from < width; from += SAMPLES) {
      int to = Math.min(width, from + SAMPLES);
      for (int lane = 0; lane < Lanes.COUNT; lane += LANES) {
        for (int n = from; n < to; n++) {
          float[] sample = x[position.applyAsInt(n)];
          int at = lane * next + n * step;
          gather(strip, at, next, sample, lane);
          gather(strip, at + imaginary, next, sample, lane + Lanes.COUNT);
        }
      }
    }
  }

  /**
   * @param position the vector of a sample
   */
  void store(float[][] x, IntUnaryOperator position, float[] strip) {
    int next = 2 * width;
    for (int from = 0; from < width; from += SAMPLES) {
      int to = Math.min(width, from + SAMPLES);
      for (int lane = 0; lane < Lanes.COUNT; lane += LANES) {
        for (int n = from; n < to; n++) {
          float[] sample = x[position.applyAsInt(n)];
          int at = lane * next + n * step;
          scatter(sample, lane, strip, at, next);
          scatter(sample, lane + Lanes.COUNT, strip, at + imaginary, next);
        }
      }
    }
  }

  /** Whether all samples were finite numbers: else their sum, which bin 0 is, is not. */
  static boolean finite(float[] sums) {
    for (float sum : sums) {
      if (!Float.isFinite(sum)) {
        return false;
      }
    }
    return true;
  }

  private static void gather(float[] strip, int at, int next, float[] sample, int lane) {
    sample[lane] = strip[at];
    sample[lane + 1] = strip[at + next];
    sample[lane + 2] = strip[at + 2 * next];
    sample[lane + 3] = strip[at + 3 * next];
    sample[lane + 4] = strip[at + 4 * next];
    sample[lane + 5] = strip[at + 5 * next];
    sample[lane + 6] = strip[at + 6 * next];
    sample[lane + 7] = strip[at + 7 * next];
  }

  private static void scatter(float[] sample, int lane, float[] strip, int at, int next) {
    strip[at] = sample[lane];
    strip[at + next] = sample[lane + 1];
    strip[at + 2 * next] = sample[lane + 2];
    strip[at + 3 * next] = sample[lane + 3];
    strip[at + 4 * next] = sample[lane + 4];
    strip[at + 5 * next] = sample[lane + 5];
    strip[at + 6 * next] = sample[lane + 6];
    strip[at + 7 * next] = sample[lane + 7];
  }
}
