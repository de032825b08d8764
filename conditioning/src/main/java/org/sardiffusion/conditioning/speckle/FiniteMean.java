package org.sardiffusion.conditioning.speckle;

import org.sardiffusion.conditioning.InvalidSampleException;

/** The mean of samples that must all be finite. */
final class FiniteMean {
  private FiniteMean() {}

  static double of(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += sample;
    }
    if (!Double.isFinite(sum)) {
      throw new InvalidSampleException(
          "The image holds a sample that is not a finite number. Replace pixels without data by"
              + " zeros first, or choose an area without any.");
    }
    return sum / samples.length;
  }
}
