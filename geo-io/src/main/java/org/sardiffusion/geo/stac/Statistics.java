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
public record Statistics(
    long count, double minimum, double maximum, double mean, double deviation) {

  /** Those of a whole image. */
  public static Statistics of(AmplitudeImage image, PixelCoding coding) {
    RunningStatistics statistics = new RunningStatistics(coding);
    statistics.add(image.samples(), image.samples().length);
    return statistics.soFar();
  }
}
