package org.sardiffusion.geo.stac;

import org.sardiffusion.geo.AmplitudeImage;
import org.sardiffusion.geo.PixelCoding;

/**
 * Moments of the stored values of pixels with data.
 *
 * @param count pixels with data
 * @param minimum NaN when there are none, as the others
 * @param maximum largest value
 * @param mean arithmetic mean
 * @param deviation standard deviation of the population
 */
record Statistics(long count, double minimum, double maximum, double mean, double deviation) {

  static Statistics of(AmplitudeImage image, PixelCoding coding) {
    long count = 0;
    double minimum = Double.POSITIVE_INFINITY;
    double maximum = Double.NEGATIVE_INFINITY;
    double mean = 0;
    double squares = 0;
    for (float amplitude : image.samples()) {
      if (Float.isNaN(amplitude)) {
        continue;
      }
      double value = coding.stored(amplitude);
      count++;
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
      // Welford, Technometrics 4 (1962), 419: no cancellation for images of low contrast.
      double delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
    }
    return count == 0
        ? new Statistics(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN)
        : new Statistics(count, minimum, maximum, mean, Math.sqrt(squares / count));
  }
}
