package org.sardiffusion.evaluation.amplitude;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.Goldens;

class AmplitudeCountsTest {
  private static final JsonNode GOLDEN = Goldens.json("goldens.json");

  private static AmplitudeCounts counts(AmplitudeRaster image) {
    AmplitudeCounts counts = new AmplitudeCounts(AmplitudeSettings.defaults());
    counts.add(image);
    return counts;
  }

  @Test
  void countsAsNumpyDoes() {
    check("real", Goldens.image("real.npy"));
    check("generated", Goldens.image("generated.npy"));
    check("eight_bit", Goldens.eightBit(Goldens.image("real.npy")));
  }

  private static void check(String name, AmplitudeRaster image) {
    JsonNode expected = GOLDEN.get(name);
    AmplitudeCounts counts = counts(image);
    assertEquals(expected.get("count").asLong(), counts.count());
    assertEquals(expected.get("saturated").asLong(), counts.saturated());
    double[] p = counts.probabilities();
    for (int i = 0; i < p.length; i++) {
      assertEquals(expected.get("histogram").get(i).asDouble() / counts.count(), p[i], 1e-15);
    }
    Moments m = counts.moments();
    assertEquals(expected.get("mean").asDouble(), m.mean(), 1e-12);
    assertEquals(expected.get("std").asDouble(), m.standardDeviation(), 1e-12);
    assertEquals(expected.get("skewness").asDouble(), m.skewness(), 1e-9);
    assertEquals(expected.get("kurtosis").asDouble(), m.kurtosis(), 1e-9);
  }

  @Test
  void distancesAreScipys() {
    AmplitudeRaster real = Goldens.image("real.npy");
    AmplitudeRaster generated = Goldens.image("generated.npy");
    check("distances", AmplitudeDistance.between(counts(real), counts(generated)), 1e-5);
    check(
        "distances_eight_bit",
        AmplitudeDistance.between(
            counts(Goldens.eightBit(real)), counts(Goldens.eightBit(generated))),
        1e-12);
  }

  private static void check(String name, AmplitudeDistance d, double wassersteinTolerance) {
    JsonNode expected = GOLDEN.get(name);
    assertEquals(expected.get("kl").asDouble(), d.kullbackLeibler(), 1e-12);
    assertEquals(expected.get("js").asDouble(), d.jensenShannon(), 1e-12);
    assertEquals(expected.get("w1").asDouble(), d.wasserstein(), wassersteinTolerance);
  }

  @Test
  void partsAddUpToTheWhole() {
    AmplitudeRaster image = Goldens.image("real.npy");
    AmplitudeCounts whole = counts(image);
    AmplitudeCounts parts = new AmplitudeCounts(AmplitudeSettings.defaults());
    for (int y = 0; y < image.height(); y += 32) {
      float[] strip = Arrays.copyOfRange(image.samples(), y * 100, (y + 32) * 100);
      parts.add(counts(new AmplitudeRaster(100, 32, strip)));
    }
    assertEquals(whole.count(), parts.count());
    assertEquals(0, AmplitudeDistance.between(whole, parts).wasserstein());
    assertEquals(whole.moments().kurtosis(), parts.moments().kurtosis(), 1e-12);
    AmplitudeCounts others = new AmplitudeCounts(new AmplitudeSettings(10, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> whole.add(others));
    assertThrows(IllegalArgumentException.class, () -> AmplitudeDistance.between(whole, others));
  }

  @Test
  void whatHasNoDataIsNotCounted() {
    AmplitudeCounts counts =
        counts(new AmplitudeRaster(4, 1, new float[] {Float.NaN, 0, 1, 0.999f}));
    assertEquals(1, counts.count());
    assertEquals(2, counts.saturated());
    assertEquals(1, counts.withoutData());
    AmplitudeCounts empty = counts(new AmplitudeRaster(1, 1, new float[] {1}));
    assertTrue(Double.isNaN(AmplitudeDistance.between(counts, empty).kullbackLeibler()));
  }

  @Property
  void divergencesAreDivergences(@ForAll long seed) {
    Random random = new Random(seed);
    double[] p = probabilities(random);
    double[] q = probabilities(random);
    assertTrue(AmplitudeDistance.kullbackLeibler(p, q, 0) > 0);
    assertEquals(0, AmplitudeDistance.kullbackLeibler(p, p, 0), 1e-15);
    double js = AmplitudeDistance.jensenShannon(p, q);
    assertTrue(js > 0 && js <= Math.log(2));
    assertEquals(js, AmplitudeDistance.jensenShannon(q, p), 1e-15);
  }

  private static double[] probabilities(Random random) {
    double[] values = random.doubles(7, 1e-3, 1).toArray();
    double sum = Arrays.stream(values).sum();
    return Arrays.stream(values).map(v -> v / sum).toArray();
  }

  @Test
  void aGapInTheGeneratedHistogramIsBoundedByEpsilonAlone() {
    double[] p = {0.5, 0.5};
    double[] q = {1, 0};
    assertEquals(Double.POSITIVE_INFINITY, AmplitudeDistance.kullbackLeibler(p, q, 0));
    double bounded = AmplitudeDistance.kullbackLeibler(p, q, 1e-10);
    assertEquals(0.5 * Math.log(0.5) + 0.5 * Math.log(0.5 / 1e-10), bounded, 1e-8);
  }

  @Test
  void fitsAreScipys() {
    Map<String, AmplitudeFit> fits =
        AmplitudeFit.all(counts(Goldens.image("real.npy"))).stream()
            .collect(Collectors.toMap(f -> f.model().name(), f -> f));
    assertEquals(5, fits.size());
    fits.forEach(
        (name, fit) -> {
          JsonNode expected = GOLDEN.get("fits").get(name);
          fit.model()
              .parameters()
              .forEach(
                  (parameter, value) ->
                      assertEquals(
                          expected.get(parameter).asDouble(),
                          value,
                          1e-3 * Math.abs(value),
                          name + " " + parameter));
          assertEquals(expected.get("kl").asDouble(), fit.kullbackLeibler(), 1e-8, name);
          assertEquals(expected.get("ks").asDouble(), fit.kolmogorovSmirnov(), 1e-4, name);
        });
  }

  @Test
  void theDistributionThatMadeTheSpeckleFitsBest() {
    assertEquals(
        "K (one look)", AmplitudeFit.all(counts(Goldens.image("real.npy"))).get(0).model().name());
    assertTrue(
        AmplitudeFit.all(counts(new AmplitudeRaster(40, 40, new float[1600]))).isEmpty(),
        "a black image has no distribution to fit");
  }

  @Test
  void besselFunctionsAreExact() {
    for (JsonNode row : GOLDEN.get("log_bessel_k")) {
      double expected = row.get(2).asDouble();
      assertEquals(
          expected,
          ModifiedBessel.logK(row.get(0).asDouble(), row.get(1).asDouble()),
          1e-9 * Math.max(1, Math.abs(expected)),
          row.toString());
    }
  }
}
