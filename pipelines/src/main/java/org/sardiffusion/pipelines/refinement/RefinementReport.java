package org.sardiffusion.pipelines.refinement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.conditioning.AmplitudeRaster;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.amplitude.AmplitudeSettings;
import org.sardiffusion.evaluation.plot.Drawing;
import org.sardiffusion.evaluation.plot.LinePlot;
import org.sardiffusion.evaluation.plot.Palette;
import org.sardiffusion.evaluation.plot.Panel;
import org.sardiffusion.evaluation.plot.Series;
import org.sardiffusion.evaluation.plot.Svg;

/** A page that shows what refining did: amplitude histograms, local means, spectra. */
final class RefinementReport {
  /** More points hide each other. */
  private static final int MOST_POINTS = 1500;

  private static final String INPUT = "resampled input";
  private static final String OUTPUT = "output";

  private RefinementReport() {}

  static String html(String name, Comparison comparison) {
    AmplitudeCounts before = counts(comparison.input());
    AmplitudeCounts after = counts(comparison.output());
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<title>Refinement of ").append(Svg.escaped(name)).append("</title>\n");
    html.append(
        "<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 1rem auto;"
            + " padding: 0 1rem; color: #222; } figure { margin: 0; overflow-x: auto; }"
            + " td { padding: 0.2rem 1rem 0.2rem 0; }</style>\n</head>\n<body>\n");
    html.append("<h1>Refinement of ").append(Svg.escaped(name)).append("</h1>\n<table>\n");
    row(html, "Size", comparison.output().width() + " x " + comparison.output().height());
    row(
        html,
        "Correlation of local means (" + Comparison.WINDOW + " pixels)",
        number(comparison.localMeanCorrelation()));
    row(
        html,
        "KL(input ‖ output) of amplitudes",
        number(AmplitudeDistance.between(before, after).kullbackLeibler()));
    html.append("</table>\n");
    for (Drawing drawing :
        List.of(histograms(before, after), localMeans(comparison), spectra(comparison))) {
      html.append("<h2>").append(Svg.escaped(drawing.title())).append("</h2>\n<figure>\n");
      html.append(Svg.of(drawing)).append("</figure>\n");
    }
    return html.append("</body>\n</html>\n").toString();
  }

  private static void row(StringBuilder html, String name, String value) {
    html.append("<tr><td>").append(Svg.escaped(name)).append("</td><td>");
    html.append(Svg.escaped(value)).append("</td></tr>\n");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static AmplitudeCounts counts(AmplitudeRaster raster) {
    AmplitudeCounts counts = new AmplitudeCounts(AmplitudeSettings.defaults());
    float[] clipped = raster.samples().clone();
    for (int i = 0; i < clipped.length; i++) {
      clipped[i] = Math.max(0, Math.min(1, clipped[i]));
    }
    counts.add(new AmplitudeRaster(raster.width(), raster.height(), clipped));
    return counts;
  }

  private static Drawing histograms(AmplitudeCounts before, AmplitudeCounts after) {
    return LinePlot.of(
        "histograms",
        "Probability density of the amplitude",
        List.of(
            new Panel(
                "amplitude",
                "amplitude",
                List.of(
                    density(INPUT, Palette.REAL, before), density(OUTPUT, Palette.set(0), after)),
                Optional.of(0),
                List.of())));
  }

  private static Series density(String name, String colour, AmplitudeCounts counts) {
    double[] p = counts.probabilities();
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      x.add((i + 0.5) / p.length);
      y.add(p[i] * p.length);
    }
    return new Series(name, colour, x, y, List.of());
  }

  private static Drawing localMeans(Comparison comparison) {
    int pixels = comparison.inputMean().samples().length;
    int step = Math.max(1, pixels / MOST_POINTS);
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    List<Double> noBars = new ArrayList<>();
    for (int i = 0; i < pixels; i += step) {
      double before = comparison.inputMean().samples()[i];
      x.add(before);
      y.add((double) comparison.outputMean().samples()[i]);
      // Points, not a line: what is not a number interrupts it.
      x.add(before);
      y.add(Double.NaN);
      noBars.add(0.0);
      noBars.add(0.0);
    }
    double most = x.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    return LinePlot.of(
        "local-means",
        "Local mean of the output against that of the input",
        List.of(
            new Panel(
                "local mean",
                "local mean of the input",
                List.of(
                    new Series(OUTPUT, Palette.set(0), x, y, noBars),
                    new Series(
                        "equal", Palette.REAL, List.of(0.0, most), List.of(0.0, most), List.of())),
                Optional.empty(),
                List.of())));
  }

  private static Drawing spectra(Comparison comparison) {
    return LinePlot.of(
        "spectra",
        "Power spectrum of the amplitude, dB",
        List.of(
            spectrum("along rows", comparison, AmplitudeSpectrum.Axis.ROWS),
            spectrum("along columns", comparison, AmplitudeSpectrum.Axis.COLUMNS)));
  }

  private static Panel spectrum(String title, Comparison comparison, AmplitudeSpectrum.Axis axis) {
    double[] before = AmplitudeSpectrum.decibels(comparison.input(), axis);
    double[] after = AmplitudeSpectrum.decibels(comparison.output(), axis);
    return new Panel(
        title,
        "cycles per pixel",
        List.of(line(INPUT, Palette.REAL, before), line(OUTPUT, Palette.set(0), after)),
        Optional.empty(),
        List.of());
  }

  private static Series line(String name, String colour, double[] values) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      x.add(0.5 * i / Math.max(1, values.length - 1));
      y.add(values[i]);
    }
    return new Series(name, colour, x, y, List.of());
  }
}
