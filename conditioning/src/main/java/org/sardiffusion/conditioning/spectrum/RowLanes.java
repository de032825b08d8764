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
  /** Samples that are turned together, so that cache lines are used while they last. */
  private static final int SAMPLES = 64;

  /**
   * @param position the vector of a sample
   */
  void load(Strip strip, IntUnaryOperator position, float[][] x) {
    float[] floats = strip.floats();
    float[] tile = new float[SAMPLES * Lanes.FLOATS];
    for (int first = 0; first < width; first += SAMPLES) {
      int count = Math.min(SAMPLES, width - first);
      for (int lane = 0; lane < Lanes.COUNT; lane++) {
        int at = strip.at() + 2 * width * lane + first * step;
        for (int n = 0; n < count; n++) {
          tile[n * Lanes.FLOATS + lane] = floats[at + n * step];
          tile[n * Lanes.FLOATS + Lanes.COUNT + lane] = floats[at + imaginary + n * step];
        }
      }
      for (int n = 0; n < count; n++) {
        float[] sample = x[position.applyAsInt(first + n)];
        System.arraycopy(tile, n * Lanes.FLOATS, sample, 0, Lanes.FLOATS);
      }
    }
  }

  /**
   * @param position the vector of a sample
   */
  void store(float[][] x, IntUnaryOperator position, Strip strip) {
    float[] floats = strip.floats();
    float[] tile = new float[SAMPLES * Lanes.FLOATS];
    for (int first = 0; first < width; first += SAMPLES) {
      int count = Math.min(SAMPLES, width - first);
      for (int n = 0; n < count; n++) {
        float[] sample = x[position.applyAsInt(first + n)];
        System.arraycopy(sample, 0, tile, n * Lanes.FLOATS, Lanes.FLOATS);
      }
      for (int lane = 0; lane < Lanes.COUNT; lane++) {
        int at = strip.at() + 2 * width * lane + first * step;
        for (int n = 0; n < count; n++) {
          floats[at + n * step] = tile[n * Lanes.FLOATS + lane];
          floats[at + imaginary + n * step] = tile[n * Lanes.FLOATS + Lanes.COUNT + lane];
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
}
