package org.sardiffusion.pipelines.refinement;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.amplitude.AmplitudeCounts;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.amplitude.AmplitudeSettings;
import org.sardiffusion.evaluation.plot.Palette;
import org.sardiffusion.evaluation.plot.Panel;
import org.sardiffusion.evaluation.plot.Series;
import org.sardiffusion.evaluation.plot.Svg;
import org.sardiffusion.evaluation.report.Figure;
import org.sardiffusion.evaluation.report.Page;

/** A page that shows what refining did: amplitude histograms, local means, spectra. */
final class RefinementReport {
  /** More points hide each other. */
  private static final int MOST_POINTS = 1500;

  /** A page is looked at, not measured. */
  private static final int WIDEST_PICTURE = 640;

  private static final String INPUT = "resampled input";
  private static final String OUTPUT = "output";

  private RefinementReport() {}

  static String html(String name, Comparison comparison) {
    AmplitudeCounts before = counts(comparison.input());
    AmplitudeCounts after = counts(comparison.output());
    Page page =
        new Page(
            "Refinement of " + name,
            "Refinement of " + name,
            comparison.output().width() + " x " + comparison.output().height() + " pixels");
    page.add("<div class=\"cards\">\n");
    page.add(
        card(
            "Correlation of local means (" + Comparison.WINDOW + " pixels)",
            comparison.localMeanCorrelation()));
    page.add(
        card(
            "KL(input ‖ output) of amplitudes",
            AmplitudeDistance.between(before, after).kullbackLeibler()));
    page.add("</div>\n");
    page.section("Input, output, and the difference of their local means", pictures(comparison));
    List.of(histograms(before, after), localMeans(comparison), spectra(comparison))
        .forEach(page::figure);
    return page.toHtml();
  }

  private static String card(String what, double value) {
    return "<div class=\"card\"><dl><dt>"
        + Svg.escaped(what)
        + "</dt><dd>"
        + number(value)
        + "</dd></dl></div>\n";
  }

  private static String pictures(Comparison comparison) {
    List<byte[]> panels = RefinementPreview.panels(comparison, WIDEST_PICTURE);
    List<String> captions = List.of(INPUT, OUTPUT, "red: brighter, blue: darker than the input");
    StringBuilder html = new StringBuilder("<div class=\"pictures\">\n");
    for (int i = 0; i < panels.size(); i++) {
      html.append("<figure><img alt=\"").append(captions.get(i));
      html.append("\" src=\"data:image/png;base64,");
      html.append(Base64.getEncoder().encodeToString(panels.get(i)));
      html.append("\"><figcaption>").append(captions.get(i)).append("</figcaption></figure>\n");
    }
    return html.append("</div>\n").toString();
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

  private static Figure histograms(AmplitudeCounts before, AmplitudeCounts after) {
    return Figure.of(
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

  private static Figure localMeans(Comparison comparison) {
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
    return Figure.of(
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

  private static Figure spectra(Comparison comparison) {
    return Figure.of(
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
