package org.sardiffusion.evaluation.internal.crops;

import java.util.ArrayList;
import java.util.List;

/** Correlations of pixels that lie 0 to 8 pixels apart in both directions. */
final class CorrelationFeatures implements FeatureSource {
  static final int[] STEPS = {0, 1, 2, 3, 4, 8};
  private static final double SMALLEST_VARIANCE = 1e-9;

  @Override
  public FeatureGroup group() {
    return FeatureGroup.CORRELATIONS;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    lags().forEach(lag -> names.add(name(lag[1], lag[0])));
    return names;
  }

  static String name(int right, int down) {
    return "lag " + right + " right, " + down + " down";
  }

  private static List<int[]> lags() {
    List<int[]> lags = new ArrayList<>();
    for (int y : STEPS) {
      for (int x : STEPS) {
        if (x != 0 || y != 0) {
          lags.add(new int[] {y, x});
        }
      }
    }
    return lags;
  }

  @Override
  public double[] of(Crop crop, SpectralCurves curves) {
    double[] centred = crop.centred();
    double squares = 0;
    for (double v : centred) {
      squares += v * v;
    }
    double variance = Math.max(squares / centred.length, SMALLEST_VARIANCE);
    return lags().stream()
        .mapToDouble(lag -> meanProduct(centred, crop.side(), lag) / variance)
        .toArray();
  }

  private static double meanProduct(double[] centred, int side, int[] lag) {
    int rows = side - lag[0];
    int columns = side - lag[1];
    double sum = 0;
    for (int y = 0; y < rows; y++) {
      int one = y * side;
      int other = (y + lag[0]) * side + lag[1];
      for (int x = 0; x < columns; x++) {
        sum += centred[one + x] * centred[other + x];
      }
    }
    return sum / ((double) rows * columns);
  }
}
