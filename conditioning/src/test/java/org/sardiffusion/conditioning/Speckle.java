package org.sardiffusion.conditioning;

import org.apache.commons.math3.random.MersenneTwister;

/** Simulated images for tests. */
public final class Speckle {
  private Speckle() {}

  /** White circular Gaussian noise of mean intensity 1. */
  public static ComplexImage complex(int width, int height, long seed) {
    MersenneTwister random = new MersenneTwister(seed);
    float[] samples = new float[2 * width * height];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (random.nextGaussian() * Math.sqrt(0.5));
    }
    return new ComplexImage(width, height, samples);
  }
}
