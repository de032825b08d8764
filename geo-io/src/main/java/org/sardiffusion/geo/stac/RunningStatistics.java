package org.sardiffusion.geo.stac;

import org.sardiffusion.geo.PixelCoding;

/** Takes pixels as they come, and knows the moments of their stored values. */
public final class RunningStatistics {
  private final PixelCoding coding;
  private long count;
  private double minimum = Double.POSITIVE_INFINITY;
  private double maximum = Double.NEGATIVE_INFINITY;
  private double mean;
  private double squares;

  /**
   * @param coding how the pixels are stored
   */
  public RunningStatistics(PixelCoding coding) {
    this.coding = coding;
  }

  /**
   * Takes pixels.
   *
   * @param amplitudes in [0,1], NaN where there is no data
   * @param pixels how many, from index 0
   */
  public void add(float[] amplitudes, int pixels) {
    for (int i = 0; i < pixels; i++) {
      if (Float.isNaN(amplitudes[i])) {
        continue;
      }
      double value = coding.stored(amplitudes[i]);
      count++;
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
      // Welford, Technometrics 4 (1962), 419: no cancellation for images of low contrast.
      double delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
    }
  }

  /** The moments of all pixels so far. */
  public Statistics soFar() {
    return count == 0
        ? new Statistics(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN)
        : new Statistics(count, minimum, maximum, mean, Math.sqrt(squares / count));
  }
}
