package org.sardiffusion.evaluation.internal.crops;

import java.util.Arrays;
import java.util.List;

/** Quantiles of the amplitude, as {@code numpy.quantile} has them. */
final class AmplitudeFeatures implements FeatureSource {
  private static final double[] QUANTILES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

  @Override
  public FeatureGroup group() {
    return FeatureGroup.AMPLITUDES;
  }

  @Override
  public List<String> names() {
    return Arrays.stream(QUANTILES)
        .mapToObj(q -> "quantile " + Math.round(100 * q) + " %")
        .toList();
  }

  @Override
  public double[] of(Crop crop, SpectralCurves curves) {
    float[] sorted = crop.amplitude().clone();
    Arrays.sort(sorted);
    return Arrays.stream(QUANTILES)
        .map(
            q -> {
              double place = q * (sorted.length - 1);
              int below = (int) place;
              int above = Math.min(below + 1, sorted.length - 1);
              return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
            })
        .toArray();
  }
}
