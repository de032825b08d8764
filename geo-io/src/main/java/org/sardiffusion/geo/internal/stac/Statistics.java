package org.sardiffusion.geo.internal.stac;

import org.sardiffusion.geo.internal.PixelCoding;

/**
 * Moments of the stored values of pixels with data.
 *
 * @param count pixels with data
 * @param minimum NaN when there are none, as the others
 * @param maximum largest value
 * @param mean arithmetic mean
 * @param deviation standard deviation of the population
 */
public record Statistics(
    long count, double minimum, double maximum, double mean, double deviation) {

  /** Moments of an image that comes in parts. */
  public static final class Running {
    private final PixelCoding coding;
    private long count;
    private double minimum = Double.POSITIVE_INFINITY;
    private double maximum = Double.NEGATIVE_INFINITY;
    private double mean;
    private double squares;

    /**
     * @param coding how amplitudes are stored
     */
    public Running(PixelCoding coding) {
      this.coding = coding;
    }

    /** Adds the first {@code length} amplitudes; NaN counts for none. */
    public void add(float[] amplitudes, int length) {
      for (int i = 0; i < length; i++) {
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

    /** The moments of what was added. */
    public Statistics statistics() {
      return count == 0
          ? new Statistics(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN)
          : new Statistics(count, minimum, maximum, mean, Math.sqrt(squares / count));
    }
  }
}
