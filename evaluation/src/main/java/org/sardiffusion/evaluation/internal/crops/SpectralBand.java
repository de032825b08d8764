package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A curve of many crops: at every point of it the median and the middle 90 %.
 *
 * @param low 5th percentile
 * @param median 50th percentile
 * @param high 95th percentile
 */
public record SpectralBand(List<Double> low, List<Double> median, List<Double> high) {
  /**
   * Reads a curve of all crops.
   *
   * @param curve of a crop, as long for every one
   */
  public static SpectralBand of(List<ImageCrops> images, Function<CropMeasures, double[]> curve) {
    List<double[]> curves =
        images.stream().flatMap(image -> image.crops().stream()).map(curve).toList();
    List<Double> low = new ArrayList<>();
    List<Double> median = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    int points = curves.isEmpty() ? 0 : curves.get(0).length;
    for (int k = 0; k < points; k++) {
      int point = k;
      double[] sorted = curves.stream().mapToDouble(c -> c[point]).sorted().toArray();
      low.add(quantile(sorted, 0.05));
      median.add(quantile(sorted, 0.5));
      high.add(quantile(sorted, 0.95));
    }
    return new SpectralBand(low, median, high);
  }

  /** Where a curve of another set leaves the band, as a share of its points; NaN without any. */
  public double shareOutside(SpectralBand other) {
    return IntStream.range(0, low.size())
        .mapToDouble(
            k -> other.median.get(k) < low.get(k) || other.median.get(k) > high.get(k) ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  /** As {@code numpy.quantile} has it. */
  static double quantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
