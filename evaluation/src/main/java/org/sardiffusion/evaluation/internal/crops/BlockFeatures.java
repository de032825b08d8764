package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.List;

/**
 * Moments of the means of blocks of 2, 4, 8 and 16 pixels a side, and of their contrast (standard
 * deviation over mean): mean, standard deviation, skewness and kurtosis (not less 3).
 */
final class BlockFeatures implements FeatureSource {
  private static final int[] SIDES = {2, 4, 8, 16};
  private static final List<String> MOMENTS =
      List.of("mean", "standard deviation", "skewness", "kurtosis");
  private static final double DARKEST_BLOCK = 0.05;
  private static final double SMALLEST_DEVIATION = 1e-6;

  @Override
  public FeatureGroup group() {
    return FeatureGroup.BLOCKS;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (int side : SIDES) {
      for (String measure : List.of("means", "contrasts")) {
        MOMENTS.forEach(m -> names.add(m + " of the " + measure + " of " + side + " px blocks"));
      }
    }
    return names;
  }

  @Override
  public double[] of(Crop crop, SpectralCurves curves) {
    double[] values = new double[SIDES.length * 2 * MOMENTS.size()];
    int at = 0;
    for (int side : SIDES) {
      int across = crop.side() / side;
      double[] means = new double[across * across];
      double[] contrasts = new double[across * across];
      for (int b = 0; b < means.length; b++) {
        measure(crop, side, b, means, contrasts);
      }
      at = moments(means, values, at);
      at = moments(contrasts, values, at);
    }
    return values;
  }

  private static void measure(Crop crop, int side, int block, double[] means, double[] contrasts) {
    int across = crop.side() / side;
    int corner = block / across * side * crop.side() + block % across * side;
    double sum = 0;
    double squares = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double v = crop.relative()[corner + y * crop.side() + x];
        sum += v;
        squares += v * v;
      }
    }
    int pixels = side * side;
    double mean = sum / pixels;
    means[block] = mean;
    contrasts[block] =
        Math.sqrt(Math.max(0, squares / pixels - mean * mean)) / Math.max(mean, DARKEST_BLOCK);
  }

  private static int moments(double[] values, double[] into, int at) {
    double sum = 0;
    for (double v : values) {
      sum += v;
    }
    double mean = sum / values.length;
    double second = 0;
    double third = 0;
    double fourth = 0;
    for (double v : values) {
      double d = v - mean;
      second += d * d / values.length;
      third += d * d * d / values.length;
      fourth += d * d * d * d / values.length;
    }
    double deviation = Math.max(Math.sqrt(second), SMALLEST_DEVIATION);
    into[at] = mean;
    into[at + 1] = deviation;
    into[at + 2] = third / Math.pow(deviation, 3);
    into[at + 3] = fourth / Math.pow(deviation, 4);
    return at + MOMENTS.size();
  }
}
