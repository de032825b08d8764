package org.sardiffusion.pipelines.evaluation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.conditioning.speckle.LocalMoments;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.Description;
import org.sardiffusion.evaluation.Evaluation;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.EvaluationSettings;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.evaluation.SampleSet;
import org.sardiffusion.evaluation.internal.features.FeatureDistance;
import org.sardiffusion.evaluation.semantics.SarClip;
import org.sardiffusion.evaluation.semantics.SemanticMeter;
import org.sardiffusion.evaluation.semantics.SemanticSettings;
import org.sardiffusion.models.DefaultSarClip;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.SessionSettings;

/**
 * Every distance, the default SAR-CLIP's among them, must tell what an eye tells: other scenes of
 * the same kind are near, a changed contrast and a blur are farther, and noise without a scene is
 * farthest.
 */
class MetricsOrderTest {
  private static final int SIDE = 128;
  private static final int IMAGES = 24;

  @TempDir Path folder;

  private record Images(String name, List<Sample> samples) implements SampleSet {
    @Override
    public long size() {
      return samples.size();
    }

    @Override
    public void forEach(Consumer<Sample> consumer) {
      samples.forEach(consumer);
    }
  }

  /**
   * Fields of different backscatter divided by straight borders, one-look speckle, bright points.
   */
  private static AmplitudeRaster scene(Random random) {
    double[][] borders = new double[3][];
    for (int i = 0; i < borders.length; i++) {
      double angle = random.nextDouble() * Math.PI;
      borders[i] =
          new double[] {Math.cos(angle), Math.sin(angle), (random.nextDouble() - 0.5) * SIDE};
    }
    double[] means = new double[8];
    for (int i = 0; i < means.length; i++) {
      means[i] = 0.06 + 0.16 * random.nextDouble();
    }
    double[] real = correlated(random);
    double[] imaginary = correlated(random);
    float[] samples = new float[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int field = 0;
        for (int i = 0; i < borders.length; i++) {
          double side =
              (x - SIDE / 2.0) * borders[i][0] + (y - SIDE / 2.0) * borders[i][1] - borders[i][2];
          field += side > 0 ? 1 << i : 0;
        }
        int at = y * SIDE + x;
        double bright = random.nextInt(2000) == 0 ? 6 : 1;
        samples[at] =
            (float) Math.min(1, bright * means[field] * Math.hypot(real[at], imaginary[at]));
      }
    }
    return new AmplitudeRaster(SIDE, SIDE, samples);
  }

  /** White noise averaged over 2 x 2 pixels, of unit variance. */
  private static double[] correlated(Random random) {
    double[] white = new double[(SIDE + 1) * (SIDE + 1)];
    for (int i = 0; i < white.length; i++) {
      white[i] = random.nextGaussian();
    }
    double[] field = new double[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int at = y * (SIDE + 1) + x;
        field[y * SIDE + x] =
            (white[at] + white[at + 1] + white[at + SIDE + 1] + white[at + SIDE + 2]) / 2;
      }
    }
    return field;
  }

  private static Images scenes(String name, long seed, UnaryOperator<AmplitudeRaster> change) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      samples.add(
          new Sample(
              new Description(name + i, List.of("field"), Optional.empty()),
              change.apply(scene(random)),
              List.of(),
              Optional.empty()));
    }
    return new Images(name, samples);
  }

  private static AmplitudeRaster stretched(AmplitudeRaster image) {
    float[] samples = image.samples().clone();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.min(1, 1.25f * samples[i]);
    }
    return new AmplitudeRaster(SIDE, SIDE, samples);
  }

  private static AmplitudeRaster noise(Random random) {
    float[] samples = new float[SIDE * SIDE];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.max(0, Math.min(1, 0.5 + 0.2 * random.nextGaussian()));
    }
    return new AmplitudeRaster(SIDE, SIDE, samples);
  }

  @Test
  void distancesPutSetsInTheRightOrder() {
    Random random = new Random(7);
    List<SampleSet> sets =
        List.of(
            scenes("same", 2, image -> image),
            scenes("stretched", 3, MetricsOrderTest::stretched),
            scenes("blurred", 4, image -> LocalMoments.of(image, 3).mean()),
            scenes("noise", 5, image -> noise(random)));
    try (Cancellation cancellation = new Cancellation();
        SarClip clip =
            SarClip.open(
                DefaultSarClip.install(folder),
                new SessionSettings(new Device.Cpu(), OptionalInt.of(1)),
                cancellation)) {
      EvaluationResult result =
          new Evaluation(
                  EvaluationSettings.defaults(),
                  Optional.of(new SemanticMeter(clip, SemanticSettings.defaults())),
                  Progress.NONE,
                  cancellation)
              .of(scenes("real", 1, image -> image), sets);
      Map<String, double[]> distances = distances(result);
      distances.forEach(
          (metric, d) -> {
            String what = metric + " of same, stretched, blurred, noise: " + Arrays.toString(d);
            assertTrue(d[1] > 2 * d[0] && d[2] > 2 * d[0], what);
            // White noise resembles speckle in texture more than blurred speckle does; in all
            // else it is the farthest.
            double farthest = metric.equals("GLCM") ? d[2] : d[3];
            assertTrue(Arrays.stream(d).allMatch(v -> v <= farthest), what);
          });
      Comparison halves = result.reference().orElseThrow().halves();
      assertTrue(halves.amplitude().get("all").kullbackLeibler() < 0.01, "split halves are near");
      assertTrue(distances.get("KL")[0] < 0.02 && distances.get("JS")[0] < 0.005, "near zero");
    }
  }

  private static Map<String, double[]> distances(EvaluationResult result) {
    Map<String, double[]> distances = new LinkedHashMap<>();
    for (int i = 0; i < result.generated().size(); i++) {
      Comparison c = result.generated().get(i);
      FeatureDistance features =
          result.semantics().orElseThrow().generated().get(i).distance().orElseThrow();
      Map<String, Double> all =
          Map.of(
              "KL", c.amplitude().get("all").kullbackLeibler(),
              "JS", c.amplitude().get("all").jensenShannon(),
              "W1", c.amplitude().get("all").wasserstein(),
              "GLCM", c.texture().get("all").overall(),
              "FID", features.frechet(),
              "KID", features.kernel());
      int index = i;
      all.forEach((metric, d) -> distances.computeIfAbsent(metric, m -> new double[4])[index] = d);
    }
    return distances;
  }
}
