package org.sardiffusion.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.conditioning.speckle.Degradation;
import org.sardiffusion.conditioning.speckle.LocalMoments;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.Evaluation;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.EvaluationSettings;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.evaluation.SampleSet;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.evaluation.ImageFolder;
import org.sardiffusion.pipelines.refinement.RadarImage;
import org.sardiffusion.pipelines.refinement.Radiometry;
import org.sardiffusion.pipelines.refinement.RefinedImage;
import org.sardiffusion.pipelines.refinement.Refinement;
import org.sardiffusion.pipelines.refinement.RefinementSettings;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Prompt;
import org.sardiffusion.runtime.diffusion.Sampling;

/**
 * How near refined images come to the truth: real images are degraded as a coarser sensor would see
 * them, refined with each of several settings, and compared with what they were. The defaults of
 * {@link RefinementSettings} come from its table.
 *
 * <pre>
 * java -cp benchmarks/target/benchmarks.jar org.sardiffusion.benchmarks.UpscaleFidelity \
 *     MODEL IMAGES STRIDE SPACING STRENGTH:CONTROL:GUIDANCE[:RADIOMETRY] ...
 * </pre>
 *
 * IMAGES is a folder of images at the model's spacing with captions; every STRIDE-th is taken, and
 * degraded to SPACING metres. The first line is resampling alone. "r" is the correlation of local
 * means with the truth: the mean over the images of each image's own, and that of all together.
 */
public final class UpscaleFidelity {
  private static final int[] WINDOWS = {9, 17, 33};

  private UpscaleFidelity() {}

  /** One way to refine. */
  private record Setting(
      String name, double strength, double control, double guidance, Radiometry radiometry) {
    static Setting parse(String text) {
      String[] parts = text.split(":");
      return new Setting(
          text,
          Double.parseDouble(parts[0]),
          Double.parseDouble(parts[1]),
          Double.parseDouble(parts[2]),
          parts.length > 3
              ? Radiometry.valueOf(parts[3].toUpperCase(Locale.ROOT))
              : Radiometry.NORMALISED);
    }

    RefinementSettings of(Sample truth, int seed) {
      String prompt = "A <SAR> image of " + truth.caption().orElse("the ground");
      Sampling sampling =
          Sampling.DIFFUSERS.withSeed(seed).withSteps(20).with(Guidance.of(guidance));
      return new RefinementSettings(
          new Prompt(prompt), sampling, OptionalDouble.of(strength), control, radiometry);
    }
  }

  /** Images of one setting, in the order of the truth. */
  private record Made(String name, List<Sample> samples) implements SampleSet {
    @Override
    public long size() {
      return samples.size();
    }

    @Override
    public void forEach(Consumer<Sample> consumer) {
      samples.forEach(consumer);
    }
  }

  public static void main(String[] arguments) {
    int stride = Integer.parseInt(arguments[2]);
    double spacing = Double.parseDouble(arguments[3]);
    List<Setting> settings = new ArrayList<>();
    for (int a = 4; a < arguments.length; a++) {
      settings.add(Setting.parse(arguments[a]));
    }
    List<Sample> real = new ArrayList<>();
    int[] index = {0};
    ImageFolder.open("real", Path.of(arguments[1]))
        .forEach(
            sample -> {
              if (index[0]++ % stride == 0) {
                real.add(sample);
              }
            });
    Map<String, Made> made = new LinkedHashMap<>();
    try (Model opened =
            Model.open(Bundle.open(Path.of(arguments[0])), ModelOptions.cpu(), notice -> {});
        Cancellation cancellation = new Cancellation()) {
      Refinement refinement = new Refinement(opened);
      for (int k = 0; k < real.size(); k++) {
        Sample truth = real.get(k);
        RadarImage coarse = degraded(truth, refinement.spacing(), spacing, 1000 + k);
        for (Setting setting : settings) {
          RefinedImage refined =
              refinement.refine(
                  coarse, setting.of(truth, 7 + k), DiffusionListener.NONE, cancellation);
          keep(made, "resampled", truth, normalised(refined.resampled()));
          keep(
              made,
              setting.name(),
              truth,
              setting.radiometry() == Radiometry.PRESERVE
                  ? normalised(refined.amplitude())
                  : refined.amplitude());
        }
        System.err.printf("%d of %d%n", k + 1, real.size());
      }
      print(new Made("real", real), List.copyOf(made.values()), cancellation);
    }
  }

  private static RadarImage degraded(Sample truth, double from, double to, long seed) {
    Degradation degradation =
        new Degradation(SpectralResampler.standard(), Target.spacing(from, from, to));
    ComplexImage coarse = degradation.resee(truth.amplitude(), seed);
    Spacing reached =
        new Spacing(
            from * truth.amplitude().width() / coarse.width(),
            from * truth.amplitude().height() / coarse.height());
    return new RadarImage(new RadarImage.Complex(coarse), reached, Georeference.none());
  }

  private static AmplitudeRaster normalised(AmplitudeRaster physical) {
    return AmplitudeNormalisation.paper().scaleFor(physical).normalise(physical);
  }

  /** Resampled images come once for every setting, and are kept once. */
  private static void keep(
      Map<String, Made> made, String name, Sample truth, AmplitudeRaster amplitude) {
    List<Sample> samples =
        made.computeIfAbsent(name, n -> new Made(n, new ArrayList<>())).samples();
    if (samples.stream().noneMatch(sample -> sample.name().equals(truth.name()))) {
      samples.add(new Sample(truth.description(), amplitude, List.of(), Optional.empty()));
    }
  }

  private static void print(Made real, List<Made> made, Cancellation cancellation) {
    EvaluationResult result =
        new Evaluation(EvaluationSettings.defaults(), Optional.empty(), Progress.NONE, cancellation)
            .of(real, List.copyOf(made));
    double looks = looks(result.reference().orElseThrow().real());
    System.out.printf("| %d images | KL | GLCM | ENL of real |", real.samples().size());
    for (int window : WINDOWS) {
      System.out.printf(" r over %d px | of all |", window);
    }
    System.out.println();
    System.out.println("|---|---|---|---|" + "---|---|".repeat(WINDOWS.length));
    for (int m = 0; m < made.size(); m++) {
      Comparison comparison = result.generated().get(m);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.4f | %.3f | %.3f |",
          made.get(m).name(),
          comparison.amplitude().get(SetStatistics.ALL).kullbackLeibler(),
          comparison.texture().get(SetStatistics.ALL).overall(),
          looks(comparison.set()) / looks);
      for (int window : WINDOWS) {
        List<double[]> truth = means(real.samples(), window);
        List<double[]> found = means(made.get(m).samples(), window);
        double sum = 0;
        for (int k = 0; k < truth.size(); k++) {
          sum += correlation(truth.get(k), found.get(k));
        }
        System.out.printf(
            Locale.ROOT,
            " %.3f | %.3f |",
            sum / truth.size(),
            correlation(together(truth), together(found)));
      }
      System.out.println();
    }
  }

  private static double looks(SetStatistics set) {
    return set.all().texture().looks().median();
  }

  private static List<double[]> means(List<Sample> samples, int window) {
    return samples.stream().map(sample -> inner(sample, window)).toList();
  }

  private static double[] together(List<double[]> images) {
    return images.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  /** Local means of windows that lie inside of the image, a quarter of a window apart. */
  private static double[] inner(Sample sample, int window) {
    AmplitudeRaster mean = LocalMoments.of(sample.amplitude(), window).mean();
    int step = Math.max(1, window / 4);
    List<Double> values = new ArrayList<>();
    for (int y = window / 2; y < mean.height() - window / 2; y += step) {
      for (int x = window / 2; x < mean.width() - window / 2; x += step) {
        values.add((double) mean.at(x, y));
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double correlation(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElseThrow();
    double meanB = Arrays.stream(b).average().orElseThrow();
    double products = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      products += (a[i] - meanA) * (b[i] - meanB);
      squaresA += (a[i] - meanA) * (a[i] - meanA);
      squaresB += (b[i] - meanB) * (b[i] - meanB);
    }
    return products / Math.sqrt(squaresA * squaresB);
  }
}
