package org.sardiffusion.evaluation.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.internal.crops.CropFeatures;
import org.sardiffusion.evaluation.internal.crops.CropMeasures;
import org.sardiffusion.evaluation.internal.crops.LatticeLine;
import org.sardiffusion.evaluation.internal.crops.PointResponse;
import org.sardiffusion.evaluation.internal.crops.SpectralBand;
import org.sardiffusion.evaluation.plot.Palette;
import org.sardiffusion.evaluation.plot.Panel;
import org.sardiffusion.evaluation.plot.Series;
import org.sardiffusion.evaluation.texture.Spread;

/** Spectra, correlations, lattice lines and bright points as a table, a figure and JSON. */
final class SpectrumReport {
  private final EvaluationResult result;
  private final List<SetStatistics> sets = new ArrayList<>();

  SpectrumReport(EvaluationResult result) {
    this.result = result;
    real().ifPresent(sets::add);
    result.generated().forEach(c -> sets.add(c.set()));
  }

  private Optional<SetStatistics> real() {
    return result.reference().map(EvaluationResult.Reference::real);
  }

  /** A curve of a crop and where its points lie. */
  private record Curve(
      String title, String xLabel, List<Double> x, Function<CropMeasures, double[]> of) {
    SpectralBand band(SetStatistics set) {
      return SpectralBand.of(set.crops(), of);
    }
  }

  private static Map<String, Curve> curves() {
    List<Double> rings = IntStream.range(0, 24).mapToObj(r -> (r + 0.5) / 48).toList();
    List<Double> bins =
        IntStream.rangeClosed(1, CropFeatures.SIDE / 2 - 1)
            .mapToObj(k -> (double) k / CropFeatures.SIDE)
            .toList();
    List<Double> lags = CropFeatures.lags().stream().map(Integer::doubleValue).toList();
    Map<String, Curve> curves = new LinkedHashMap<>();
    String frequency = "cycles per pixel";
    curves.put("radial", new Curve("radial power, dB", frequency, rings, c -> c.curves().radial()));
    curves.put(
        "rows", new Curve("power along rows, dB", frequency, bins, c -> c.curves().alongX()));
    curves.put(
        "columns", new Curve("power along columns, dB", frequency, bins, c -> c.curves().alongY()));
    curves.put(
        "row_correlation",
        new Curve("correlation along rows", "lag, pixels", lags, CropFeatures::rowCorrelations));
    curves.put(
        "column_correlation",
        new Curve(
            "correlation along columns", "lag, pixels", lags, CropFeatures::columnCorrelations));
    return curves;
  }

  /** Whether an image was large enough for a spectrum. */
  private boolean isEmpty() {
    return sets.stream().allMatch(set -> set.crops().isEmpty());
  }

  Optional<Table> table() {
    if (isEmpty()) {
      return Optional.empty();
    }
    List<List<Object>> rows = new ArrayList<>();
    for (SetStatistics set : sets) {
      Optional<LatticeLine> line = set.lattice().strongest();
      List<Object> row = new ArrayList<>(List.of(set.name(), set.lattice().crops()));
      row.add(line.map(LatticeLine::decibels).orElse(Double.NaN));
      row.add(line.map(LatticeLine::periodX).orElse(Double.NaN));
      row.add(line.map(LatticeLine::periodY).orElse(Double.NaN));
      row.add(set.points().seen());
      row.add(widths(set, PointResponse::alongX).median());
      row.add(widths(set, PointResponse::alongY).median());
      for (String curve : List.of("radial", "rows", "columns")) {
        row.add(100 * outside(curves().get(curve), set));
      }
      rows.add(row);
    }
    return Optional.of(
        new Table(
            "spectrum",
            "Spectrum: the strongest line of a lattice, the width of bright points (half power,"
                + " medians), and where the median spectrum leaves the middle 90 % of the real ones",
            List.of(
                "set",
                "crops",
                "line dB",
                "its period along rows, px",
                "along columns, px",
                "bright points",
                "width along rows, px",
                "along columns, px",
                "radial outside %",
                "rows outside %",
                "columns outside %"),
            rows));
  }

  private double outside(Curve curve, SetStatistics set) {
    return real().map(real -> curve.band(real).shareOutside(curve.band(set))).orElse(Double.NaN);
  }

  private static Spread widths(SetStatistics set, ToDoubleFunction<PointResponse> width) {
    return new Spread(set.points().kept().stream().mapToDouble(width).sorted().toArray());
  }

  Optional<Figure> figure() {
    if (isEmpty()) {
      return Optional.empty();
    }
    List<Panel> panels = new ArrayList<>();
    for (Curve curve : curves().values()) {
      List<Series> series = new ArrayList<>();
      real()
          .ifPresent(
              real -> {
                SpectralBand band = curve.band(real);
                String limits = "real, 5 % and 95 % of the crops";
                add(series, limits, Palette.REAL_LIMITS, curve.x(), band.low());
                add(series, limits, Palette.REAL_LIMITS, curve.x(), band.high());
                add(series, real.name(), Palette.REAL, curve.x(), band.median());
              });
      for (int i = 0; i < result.generated().size(); i++) {
        SetStatistics set = result.generated().get(i).set();
        add(series, set.name(), Palette.set(i), curve.x(), curve.band(set).median());
      }
      panels.add(new Panel(curve.title(), curve.xLabel(), series, Optional.empty(), List.of()));
    }
    return Optional.of(
        Figure.of("spectrum", "Power spectrum and correlation (medians over crops)", panels));
  }

  /** Adds a line; a set without crops has none. */
  private static void add(
      List<Series> series, String name, String colour, List<Double> x, List<Double> y) {
    if (!y.isEmpty()) {
      series.add(new Series(name, colour, x, y, List.of()));
    }
  }

  /** Writes what is known of one set. */
  void write(ObjectNode node, SetStatistics set) {
    set.lattice()
        .strongest()
        .ifPresent(
            line -> {
              ObjectNode lattice = node.putObject("lattice_line");
              ReportJson.number(lattice, "db", line.decibels());
              ReportJson.number(lattice, "period_x", line.periodX());
              ReportJson.number(lattice, "period_y", line.periodY());
              lattice.put("crops", set.lattice().crops());
            });
    ObjectNode points = node.putObject("bright_points");
    points.put("count", set.points().seen());
    ReportJson.number(points, "width_x", widths(set, PointResponse::alongX).median());
    ReportJson.number(points, "width_y", widths(set, PointResponse::alongY).median());
    if (!set.crops().isEmpty()) {
      curves().forEach((name, curve) -> write(node.putObject(name), curve, set));
    }
  }

  private void write(ObjectNode node, Curve curve, SetStatistics set) {
    SpectralBand band = curve.band(set);
    write(node.putArray("x"), curve.x());
    write(node.putArray("median"), band.median());
    write(node.putArray("p5"), band.low());
    write(node.putArray("p95"), band.high());
    ReportJson.number(node, "outside_real", outside(curve, set));
  }

  private static void write(ArrayNode array, List<Double> values) {
    values.forEach(value -> array.add(Numbers.rounded(value)));
  }
}
