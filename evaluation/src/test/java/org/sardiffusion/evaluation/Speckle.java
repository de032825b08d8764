package org.sardiffusion.evaluation;

import org.sardiffusion.core.raster.AmplitudeRaster;

/** The images of src/test/python/crop_goldens.py. */
public final class Speckle {
  private Speckle() {}

  /** Amplitudes on 256 grey levels, correlated along rows. */
  public static AmplitudeRaster of(long seed, int width, int height) {
    long state = seed;
    double[] a = new double[width * height];
    for (int i = 0; i < a.length; i++) {
      state = (state * 1664525 + 1013904223) % (1L << 32);
      a[i] = 0.15 * Math.sqrt(-2 * Math.log((state + 0.5) / (1L << 32)));
    }
    float[] samples = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      double v = i % width == 0 ? a[i] : 0.6 * a[i] + 0.4 * a[i - 1];
      samples[i] = (float) (Math.floor(Math.min(v, 1) * 255 + 0.5) / 255);
    }
    return new AmplitudeRaster(width, height, samples);
  }
}
