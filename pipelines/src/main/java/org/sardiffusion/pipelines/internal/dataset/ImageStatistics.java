package org.sardiffusion.pipelines.internal.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Amplitude statistics of an image.
 *
 * @param minimum smallest amplitude
 * @param maximum largest amplitude
 * @param mean arithmetic mean
 * @param deviation standard deviation of the population
 * @param saturated share of pixels at amplitude 1, from 0 to 1
 */
public record ImageStatistics(
    double minimum, double maximum, double mean, double deviation, double saturated) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public static ImageStatistics of(float[] amplitude) {
    double minimum = Double.POSITIVE_INFINITY;
    double maximum = Double.NEGATIVE_INFINITY;
    double mean = 0;
    double squares = 0;
    long saturated = 0;
    for (int i = 0; i < amplitude.length; i++) {
      double value = amplitude[i];
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
      saturated += value >= 1 ? 1 : 0;
      // Welford, Technometrics 4 (1962), 419.
      double delta = value - mean;
      mean += delta / (i + 1);
      squares += delta * (value - mean);
    }
    return new ImageStatistics(
        minimum,
        maximum,
        mean,
        Math.sqrt(squares / amplitude.length),
        (double) saturated / amplitude.length);
  }

  public ObjectNode toJson() {
    return MAPPER
        .createObjectNode()
        .put("min", minimum)
        .put("max", maximum)
        .put("mean", mean)
        .put("std", deviation)
        .put("saturated", saturated);
  }

  public static ImageStatistics fromJson(JsonNode json) {
    return new ImageStatistics(
        json.path("min").asDouble(),
        json.path("max").asDouble(),
        json.path("mean").asDouble(),
        json.path("std").asDouble(),
        json.path("saturated").asDouble());
  }
}
