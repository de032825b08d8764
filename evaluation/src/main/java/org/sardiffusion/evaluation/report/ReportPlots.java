package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.LabelStatistics;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.plot.HeatMap;
import org.sardiffusion.evaluation.plot.Palette;
import org.sardiffusion.evaluation.plot.Panel;
import org.sardiffusion.evaluation.plot.Series;
import org.sardiffusion.evaluation.texture.Direction;
import org.sardiffusion.evaluation.texture.Spread;
import org.sardiffusion.evaluation.texture.TextureFeature;

/** The plots of a result. */
final class ReportPlots {
  private final EvaluationResult result;

  ReportPlots(EvaluationResult result) {
    this.result = result;
  }

  List<Figure> all() {
    List<Figure> figures = new ArrayList<>();
    figures.add(histograms());
    result
        .reference()
        .ifPresent(
            r -> {
              figures.add(divergence(r));
              figures.addAll(new TwoSampleTables(withHalves(r)).figures());
            });
    new SpectrumReport(result).figure().ifPresent(figures::add);
    result.semantics().ifPresent(s -> figures.addAll(new SemanticPlots(s).all()));
    List<String> labels = shownLabels();
    for (int i = 0; i < labels.size(); i++) {
      byAngle(labels.get(i), i).ifPresent(figures::add);
    }
    byDistance().ifPresent(figures::add);
    return figures;
  }

  /** The labels that a generated set has too, "all" first. */
  private List<String> shownLabels() {
    TreeSet<String> labels = new TreeSet<>();
    result.generated().forEach(c -> labels.addAll(c.set().labels().keySet()));
    labels.retainAll(result.labels());
    List<String> ordered = new ArrayList<>();
    ordered.add(SetStatistics.ALL);
    labels.stream().filter(l -> !l.equals(SetStatistics.ALL)).forEach(ordered::add);
    return ordered;
  }

  /** The paper's figures 6, 10, 11 and 13, for every label. */
  private Figure histograms() {
    List<Panel> panels = new ArrayList<>();
    for (String label : shownLabels()) {
      List<Series> series = new ArrayList<>();
      real().ifPresent(real -> series.add(density(real, label, Palette.REAL)));
      StringBuilder title = new StringBuilder(shortened(label));
      for (int i = 0; i < result.generated().size(); i++) {
        Comparison c = result.generated().get(i);
        if (c.set().labels().containsKey(label)) {
          series.add(density(c.set(), label, Palette.set(i)));
        }
        AmplitudeDistance d = c.amplitude().get(label);
        if (d != null) {
          title.append(i == 0 ? ": KL = " : ", ");
          title.append(String.format(Locale.ROOT, "%.3f", d.kullbackLeibler()));
        }
      }
      panels.add(new Panel(title.toString(), "amplitude", series, Optional.of(0), List.of()));
    }
    return Figure.of("histograms", "Probability density of the amplitude below saturation", panels);
  }

  /** A label that leaves room for the numbers beside it. */
  private static String shortened(String label) {
    return label.length() <= 18 ? label : label.substring(0, 17) + "…";
  }

  private Series density(SetStatistics set, String label, String colour) {
    double[] p = set.labels().get(label).amplitude().probabilities();
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      x.add((i + 0.5) / p.length);
      y.add(p[i] * p.length);
    }
    return new Series(set.name(), colour, x, y, List.of());
  }

  private List<Comparison> withHalves(EvaluationResult.Reference reference) {
    List<Comparison> comparisons = new ArrayList<>(result.generated());
    comparisons.add(reference.halves());
    return comparisons;
  }

  private Figure divergence(EvaluationResult.Reference reference) {
    List<String> labels = shownLabels();
    List<String> rows = new ArrayList<>();
    List<List<Double>> values = new ArrayList<>();
    for (Comparison c : withHalves(reference)) {
      rows.add(c.set().name());
      values.add(
          labels.stream()
              .map(
                  l ->
                      c.amplitude().containsKey(l)
                          ? c.amplitude().get(l).kullbackLeibler()
                          : Double.NaN)
              .toList());
    }
    return Figure.of(
        "kl",
        "KL(real ‖ generated) by label; the last row compares the real images with each other",
        new HeatMap.Cells(rows, labels, values, "%.3f", HeatMap.LastRow.REFERENCE),
        HeatMap.Darkest.LARGEST);
  }

  /** The paper's figure 15: features against the angle, at the smallest distance. */
  private Optional<Figure> byAngle(String label, int index) {
    List<Direction> directions = result.settings().texture().glcm().directions();
    int distance = directions.stream().mapToInt(Direction::distance).min().orElse(1);
    List<Integer> chosen = new ArrayList<>();
    for (int d = 0; d < directions.size(); d++) {
      if (directions.get(d).distance() == distance
          && directions.get(d).angle().matches("[-0-9.]+")) {
        chosen.add(d);
      }
    }
    List<Double> angles =
        chosen.stream().map(d -> Double.parseDouble(directions.get(d).angle())).toList();
    // The number keeps labels apart that differ in nothing a file name can hold.
    String file =
        String.format(
            Locale.ROOT,
            "angles-%02d-%s",
            index,
            label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"));
    return features(
        file,
        label + ": GLCM features against the angle (distance " + distance + " pixels)",
        "angle, degrees",
        new Points(label, chosen, angles));
  }

  /** Features against the distance, at the first angle, of all images. */
  private Optional<Figure> byDistance() {
    List<Direction> directions = result.settings().texture().glcm().directions();
    String angle = directions.get(0).angle();
    List<Integer> chosen = new ArrayList<>();
    for (int d = 0; d < directions.size(); d++) {
      if (directions.get(d).angle().equals(angle)) {
        chosen.add(d);
      }
    }
    return features(
        "distances",
        "all: GLCM features against the distance (angle " + angle + " degrees)",
        "distance, pixels",
        new Points(
            SetStatistics.ALL,
            chosen,
            chosen.stream().map(d -> (double) directions.get(d).distance()).toList()));
  }

  /**
   * What a plot of features shows.
   *
   * @param directions indices of the directions
   * @param x where each is drawn
   */
  private record Points(String label, List<Integer> directions, List<Double> x) {}

  private Optional<Figure> features(String name, String title, String xLabel, Points points) {
    List<Curve> curves = curves(points.label());
    if (points.directions().size() < 2 || curves.isEmpty()) {
      return Optional.empty();
    }
    List<Panel> panels = new ArrayList<>();
    for (TextureFeature feature : TextureFeature.values()) {
      List<Series> series = new ArrayList<>();
      for (int i = 0; i < curves.size(); i++) {
        series.add(
            series(
                curves.get(i).set(),
                points,
                feature,
                new Style(curves.get(i).colour(), i, curves.size())));
      }
      panels.add(new Panel(feature.label(), xLabel, series, Optional.empty(), points.x()));
    }
    return Optional.of(Figure.of(name, title, panels));
  }

  /** A set that has patches of a label. */
  private record Curve(SetStatistics set, String colour) {}

  private List<Curve> curves(String label) {
    List<Curve> curves = new ArrayList<>();
    real().ifPresent(real -> curves.add(new Curve(real, Palette.REAL)));
    for (int i = 0; i < result.generated().size(); i++) {
      curves.add(new Curve(result.generated().get(i).set(), Palette.set(i)));
    }
    curves.removeIf(
        curve -> {
          LabelStatistics statistics = curve.set().labels().get(label);
          return statistics == null || statistics.texture().patchCount() == 0;
        });
    return curves;
  }

  private Optional<SetStatistics> real() {
    return result.reference().map(EvaluationResult.Reference::real);
  }

  /**
   * How a set is drawn; sets are shifted sideways so that their error bars do not hide each other.
   */
  private record Style(String colour, int index, int sets) {}

  private Series series(SetStatistics set, Points points, TextureFeature feature, Style style) {
    double span = points.x().get(points.x().size() - 1) - points.x().get(0);
    double shift = 0.015 * span * (style.index() - (style.sets() - 1) / 2.0);
    List<Double> x = new ArrayList<>();
    List<Double> mean = new ArrayList<>();
    List<Double> deviation = new ArrayList<>();
    for (int i = 0; i < points.directions().size(); i++) {
      Spread spread =
          set.labels().get(points.label()).texture().feature(points.directions().get(i), feature);
      x.add(points.x().get(i) + shift);
      mean.add(spread.mean());
      deviation.add(spread.standardDeviation());
    }
    return new Series(set.name(), style.colour(), x, mean, deviation);
  }
}
