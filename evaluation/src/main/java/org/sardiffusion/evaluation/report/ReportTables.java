package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.LabelStatistics;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.amplitude.AmplitudeFit;
import org.sardiffusion.evaluation.amplitude.Moments;
import org.sardiffusion.evaluation.texture.Direction;
import org.sardiffusion.evaluation.texture.Spread;
import org.sardiffusion.evaluation.texture.TextureDistance;
import org.sardiffusion.evaluation.texture.TextureFeature;
import org.sardiffusion.evaluation.texture.TextureStatistics;

/** The tables of a result. */
final class ReportTables {
  private final EvaluationResult result;
  private final List<SetStatistics> sets = new ArrayList<>();
  private final List<Comparison> comparisons = new ArrayList<>();

  ReportTables(EvaluationResult result) {
    this.result = result;
    result.reference().ifPresent(r -> sets.add(r.real()));
    result.generated().forEach(c -> sets.add(c.set()));
    comparisons.addAll(result.generated());
    result.reference().ifPresent(r -> comparisons.add(r.halves()));
  }

  List<Table> all() {
    List<Table> tables = new ArrayList<>();
    boolean compared = result.reference().isPresent();
    tables.add(compared ? summary() : summaryAlone());
    if (compared || result.semantics().isPresent()) {
      PaperTables paper = new PaperTables(result);
      tables.add(paper.models());
      tables.add(paper.categories());
    }
    if (compared) {
      tables.add(divergence());
      new AugmentationReport(result).table().ifPresent(tables::add);
      tables.addAll(new TwoSampleTables(comparisons).all());
    }
    new SpectrumReport(result).table().ifPresent(tables::add);
    result.semantics().ifPresent(s -> tables.addAll(new SemanticTables(s).all()));
    tables.add(amplitude());
    tables.add(fits());
    if (compared) {
      tables.add(textureDistance());
    }
    tables.add(texture());
    return tables;
  }

  /** One row for each set: how far it is from the real images. */
  private Table summary() {
    List<List<Object>> rows = new ArrayList<>();
    for (Comparison c : comparisons) {
      AmplitudeDistance d = c.amplitude().get(SetStatistics.ALL);
      TextureDistance t = c.texture().get(SetStatistics.ALL);
      List<Object> row = new ArrayList<>(List.of(c.set().name(), c.set().all().images()));
      row.add(d == null ? Double.NaN : d.kullbackLeibler());
      row.add(meanOverLabels(c));
      row.add(d == null ? Double.NaN : d.jensenShannon());
      row.add(d == null ? Double.NaN : d.wasserstein());
      row.add(t == null ? Double.NaN : t.overall());
      rows.add(withSpeckle(row, c.set().all()));
    }
    result
        .reference()
        .map(EvaluationResult.Reference::real)
        .ifPresent(
            real -> {
              List<Object> row = new ArrayList<>(List.of(real.name(), real.all().images()));
              row.addAll(java.util.Collections.nCopies(5, Double.NaN));
              rows.add(withSpeckle(row, real.all()));
            });
    return new Table(
        "summary",
        "Summary (distances to the real images; 0 is best)",
        List.of(
            "set",
            "images",
            "KL",
            "KL, mean of labels",
            "Jensen-Shannon",
            "Wasserstein-1",
            "GLCM distance",
            "ENL",
            "mean/std",
            "saturated %"),
        rows);
  }

  /** The same without real images. */
  private Table summaryAlone() {
    List<List<Object>> rows = new ArrayList<>();
    for (SetStatistics set : sets) {
      rows.add(withSpeckle(new ArrayList<>(List.of(set.name(), set.all().images())), set.all()));
    }
    return new Table(
        "summary",
        "Summary (no real images were given to compare with)",
        List.of("set", "images", "ENL", "mean/std", "saturated %"),
        rows);
  }

  private static List<Object> withSpeckle(List<Object> row, LabelStatistics all) {
    row.add(all.texture().looks().median());
    row.add(all.texture().meanOverDeviation().median());
    row.add(100 * all.amplitude().saturatedFraction());
    return row;
  }

  private static double meanOverLabels(Comparison c) {
    return c.amplitude().entrySet().stream()
        .filter(e -> !e.getKey().equals(SetStatistics.ALL))
        .mapToDouble(e -> e.getValue().kullbackLeibler())
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  private Table divergence() {
    List<String> header = new ArrayList<>(List.of("label"));
    comparisons.forEach(c -> header.add(c.set().name()));
    List<List<Object>> rows = new ArrayList<>();
    for (String label : result.labels()) {
      List<Object> row = new ArrayList<>(List.of(label));
      for (Comparison c : comparisons) {
        AmplitudeDistance d = c.amplitude().get(label);
        row.add(d == null ? Double.NaN : d.kullbackLeibler());
      }
      rows.add(row);
    }
    return new Table("kl", "KL(real ‖ generated) of the amplitude, by label", header, rows);
  }

  private Table amplitude() {
    List<List<Object>> rows = new ArrayList<>();
    forEachLabel(
        (label, set, statistics) -> {
          AmplitudeCounts counts = statistics.amplitude();
          Moments m = counts.moments();
          rows.add(
              List.of(
                  label,
                  set.name(),
                  statistics.images(),
                  counts.count(),
                  100 * counts.saturatedFraction(),
                  m.mean(),
                  m.standardDeviation(),
                  m.skewness(),
                  m.kurtosis(),
                  statistics.texture().patchCount(),
                  statistics.texture().looks().median(),
                  statistics.texture().meanOverDeviation().median()));
        });
    return new Table(
        "amplitude",
        "Amplitude below saturation; ENL and mean/std are medians over homogeneous patches",
        List.of(
            "label",
            "set",
            "images",
            "pixels",
            "saturated %",
            "mean",
            "std",
            "skewness",
            "kurtosis",
            "patches",
            "ENL",
            "mean/std"),
        rows);
  }

  private Table fits() {
    List<List<Object>> rows = new ArrayList<>();
    forEachLabel(
        (label, set, statistics) -> {
          for (AmplitudeFit fit : statistics.fits()) {
            rows.add(
                List.of(
                    label,
                    set.name(),
                    fit.model().name(),
                    fit.model().parameters().entrySet().stream()
                        .map(e -> e.getKey() + " = " + Numbers.shortened(e.getValue()))
                        .collect(Collectors.joining(", ")),
                    fit.kolmogorovSmirnov(),
                    fit.kullbackLeibler()));
          }
        });
    return new Table(
        "fits",
        "Fitted distributions, the best first (KL: amplitudes against the model)",
        List.of("label", "set", "model", "parameters", "KS distance", "KL"),
        rows);
  }

  private Table textureDistance() {
    List<String> header = new ArrayList<>(List.of("label", "set"));
    for (TextureFeature feature : TextureFeature.values()) {
      header.add(feature.label());
    }
    header.addAll(List.of("mean of these", "ENL", "mean/std"));
    List<List<Object>> rows = new ArrayList<>();
    for (String label : result.labels()) {
      for (Comparison c : comparisons) {
        TextureDistance d = c.texture().get(label);
        if (d != null) {
          List<Object> row = new ArrayList<>(List.of(label, c.set().name()));
          row.addAll(d.features().values());
          row.addAll(List.of(d.overall(), d.looks(), d.meanOverDeviation()));
          rows.add(row);
        }
      }
    }
    return new Table(
        "texture-distance",
        "Texture: distance to the real patches, in standard deviations of the real ones",
        header,
        rows);
  }

  private Table texture() {
    List<String> header = new ArrayList<>(List.of("label", "set", "distance", "angle"));
    for (TextureFeature feature : TextureFeature.values()) {
      header.add(feature.label());
      header.add("± " + feature.label());
    }
    List<Direction> directions = result.settings().texture().glcm().directions();
    List<List<Object>> rows = new ArrayList<>();
    forEachLabel(
        (label, set, statistics) -> {
          TextureStatistics texture = statistics.texture();
          for (int d = 0; d < directions.size() && texture.patchCount() > 0; d++) {
            List<Object> row = new ArrayList<>();
            row.add(label);
            row.add(set.name());
            row.add((long) directions.get(d).distance());
            row.add(directions.get(d).angle());
            for (TextureFeature feature : TextureFeature.values()) {
              Spread spread = texture.feature(d, feature);
              row.add(spread.mean());
              row.add(spread.standardDeviation());
            }
            rows.add(row);
          }
        });
    return new Table(
        "texture",
        "GLCM features over homogeneous patches (mean ± standard deviation)",
        header,
        rows);
  }

  private interface LabelVisitor {
    void visit(String label, SetStatistics set, LabelStatistics statistics);
  }

  /** Labels in order, the sets of each under one another. */
  private void forEachLabel(LabelVisitor visitor) {
    for (String label : result.labels()) {
      for (SetStatistics set : sets) {
        Map<String, LabelStatistics> labels = set.labels();
        if (labels.containsKey(label)) {
          visitor.visit(label, set, labels.get(label));
        }
      }
    }
  }
}
