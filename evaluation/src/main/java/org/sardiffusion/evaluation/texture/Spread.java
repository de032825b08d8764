package org.sardiffusion.evaluation.texture;

import java.util.Arrays;

/**
 * The distribution of a measure over patches.
 *
 * @param sorted its values, ascending
 */
public record Spread(double[] sorted) {
  /** The arithmetic mean; NaN if there are no values. */
  public double mean() {
    return Arrays.stream(sorted).average().orElse(Double.NaN);
  }

  /** The standard deviation, divided by n as {@code numpy.std}; NaN if there are no values. */
  public double standardDeviation() {
    double mean = mean();
    return Math.sqrt(
        Arrays.stream(sorted).map(v -> (v - mean) * (v - mean)).average().orElse(Double.NaN));
  }

  /** The median, as {@code numpy.median}; NaN if there are no values. */
  public double median() {
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /**
   * The first Wasserstein distance to another distribution, as {@code
   * scipy.stats.wasserstein_distance}; NaN if one has no values.
   */
  public double wasserstein(Spread other) {
    double[] a = sorted;
    double[] b = other.sorted;
    if (a.length == 0 || b.length == 0) {
      return Double.NaN;
    }
    double area = 0;
    double at = Math.min(a[0], b[0]);
    int i = 0;
    int j = 0;
    while (i < a.length || j < b.length) {
      double next =
          Math.min(
              i < a.length ? a[i] : Double.POSITIVE_INFINITY,
              j < b.length ? b[j] : Double.POSITIVE_INFINITY);
      area += Math.abs((double) i / a.length - (double) j / b.length) * (next - at);
      at = next;
      while (i < a.length && a[i] == next) {
        i++;
      }
      while (j < b.length && b[j] == next) {
        j++;
      }
    }
    return area;
  }

  /**
   * {@link #wasserstein} in units of this distribution's standard deviation: 1 means that the other
   * lies about one deviation off. NaN if this one has fewer than two different values.
   */
  public double standardisedDistance(Spread other) {
    double deviation = standardDeviation();
    return deviation > 0 ? wasserstein(other) / deviation : Double.NaN;
  }
}
