package org.sardiffusion.geo.internal.terrasarx;

import java.util.List;

/**
 * The power of the receiver's noise in an image, in units of DN^2: a polynomial in range for each
 * of some azimuth times, linear in between, constant before the first and after the last.
 *
 * @param entries in the order of their times
 */
record NoiseModel(List<Entry> entries) {
  /**
   * @param time azimuth time, seconds
   * @param power against range time
   */
  record Entry(double time, Polynomial power) {}

  /** The noise power at an azimuth time and a range time, at least 0. */
  double at(double time, double rangeTime) {
    if (entries.isEmpty()) {
      return 0;
    }
    int next = 0;
    while (next < entries.size() && entries.get(next).time <= time) {
      next++;
    }
    Entry before = entries.get(Math.max(next - 1, 0));
    Entry after = entries.get(Math.min(next, entries.size() - 1));
    double step = after.time - before.time;
    double weight = step > 0 ? (time - before.time) / step : 0;
    double a = before.power.at(rangeTime);
    return Math.max(0, a + weight * (after.power.at(rangeTime) - a));
  }
}
