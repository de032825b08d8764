package org.sardiffusion.evaluation.texture;

import java.util.EnumMap;
import java.util.Map;

/**
 * How far the texture of generated patches is from that of real ones.
 *
 * <p>Distances are first Wasserstein distances between the distributions over patches, in units of
 * the real patches' standard deviation, averaged over the directions; NaN where a set has no
 * homogeneous patch.
 *
 * @param features for each feature
 * @param looks of the equivalent number of looks
 * @param meanOverDeviation of the amplitude's mean over standard deviation
 */
public record TextureDistance(
    Map<TextureFeature, Double> features, double looks, double meanOverDeviation) {
  /** Compares two sets measured with the same settings. */
  public static TextureDistance between(TextureStatistics real, TextureStatistics generated) {
    int directions = real.settings().glcm().directions().size();
    Map<TextureFeature, Double> features = new EnumMap<>(TextureFeature.class);
    for (TextureFeature feature : TextureFeature.values()) {
      double sum = 0;
      for (int d = 0; d < directions; d++) {
        sum += real.feature(d, feature).standardisedDistance(generated.feature(d, feature));
      }
      features.put(feature, sum / directions);
    }
    return new TextureDistance(
        features,
        real.looks().standardisedDistance(generated.looks()),
        real.meanOverDeviation().standardisedDistance(generated.meanOverDeviation()));
  }

  /** The mean over the features: one number for "GLCM". */
  public double overall() {
    return features.values().stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
