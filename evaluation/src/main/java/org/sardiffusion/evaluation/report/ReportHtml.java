package org.sardiffusion.evaluation.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.plot.Drawing;
import org.sardiffusion.evaluation.plot.Svg;

/** A result as one HTML page: styles and plots are inside, scripts and links are not needed. */
final class ReportHtml {
  private static final String STYLE =
      """
      :root { color-scheme: light; }
      body { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
        color: #222; background: #f4f5f7; margin: 0; }
      main { max-width: 1000px; margin: 0 auto; padding: 1rem; }
      h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0 0.25rem; overflow-wrap: anywhere; }
      h2 { font-size: 1.15rem; margin: 0 0 0.6rem; }
      p { margin: 0.4rem 0; max-width: 46rem; }
      .note { color: #555; font-size: 0.88rem; overflow-wrap: anywhere; }
      section { background: #fff; border: 1px solid #e1e4e8; border-radius: 8px; padding: 1rem;
        margin: 1rem 0; }
      figure { margin: 0; overflow-x: auto; }
      figure svg { max-width: 100%; height: auto; display: block; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
      th, td { padding: 0.3rem 0.6rem; text-align: left; white-space: nowrap; }
      th { border-bottom: 2px solid #c9ced6; font-weight: 600; }
      td { border-bottom: 1px solid #eceff2; }
      .n { text-align: right; }
      details summary { cursor: pointer; font-weight: 600; font-size: 1.05rem; }
      details[open] summary { margin-bottom: 0.6rem; }
      @media (max-width: 600px) { main { padding: 0.5rem; } section { padding: 0.7rem; }
        figure svg { max-width: none; width: 640px; } }
      """;

  private ReportHtml() {}

  static String of(EvaluationResult result, List<Table> tables, List<Drawing> drawings) {
    String names =
        result.generated().stream().map(c -> c.set().name()).collect(Collectors.joining(", "));
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<link rel=\"icon\" href=\"data:,\">\n");
    html.append("<title>Evaluation of ").append(Svg.escaped(names)).append("</title>\n");
    html.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<main>\n");
    html.append("<h1>").append(Svg.escaped(names)).append(" beside real images</h1>\n");
    html.append("<p class=\"note\">").append(counts(result)).append("</p>\n");
    section(html, tables.get(0).title(), TableFormat.HTML.write(tables.get(0)) + reading());
    for (Drawing drawing : drawings) {
      section(html, drawing.title(), "<figure>\n" + Svg.of(drawing) + "</figure>\n");
    }
    for (Table table : tables.subList(1, tables.size())) {
      html.append("<section><details><summary>").append(Svg.escaped(table.title()));
      html.append("</summary>\n").append(TableFormat.HTML.write(table));
      html.append("</details></section>\n");
    }
    section(html, "How this was measured", method(result) + semantics(result));
    return html.append("</main>\n</body>\n</html>\n").toString();
  }

  private static void section(StringBuilder html, String title, String body) {
    html.append("<section><h2>").append(Svg.escaped(title)).append("</h2>\n");
    html.append(body).append("</section>\n");
  }

  private static String counts(EvaluationResult result) {
    StringBuilder text = new StringBuilder();
    text.append(result.real().all().images()).append(" real images");
    for (Comparison c : result.generated()) {
      text.append("; ").append(c.set().all().images()).append(" of ");
      text.append(Svg.escaped(c.set().name()));
    }
    return text.append('.').toString();
  }

  private static String reading() {
    return "<p class=\"note\">The row \"real, split halves\" compares every second real image with"
        + " the others: distances as small as these cannot be told from none.</p>\n";
  }

  private static String semantics(EvaluationResult result) {
    if (result.semantics().isEmpty()) {
      return "<p class=\"note\">Meaning was not measured: no SAR-CLIP was given (--sar-clip).</p>\n";
    }
    var semantics = result.semantics().get();
    return "<p class=\"note\">Cosines, ranks, FID, KID, precision and recall are in the embedding"
        + " space of "
        + Svg.escaped(semantics.model().name())
        + " and cannot be compared with those of another model. An image's own caption is ranked"
        + " among those of "
        + semantics.settings().batch()
        + " images drawn from its set. A label is right when its text (&quot;"
        + Svg.escaped(semantics.settings().template())
        + "&quot;) is nearer than those of the other classes ("
        + Svg.escaped(String.join(", ", semantics.classes()))
        + "). An image is near a real one when their cosine is beyond the 99th percentile of real"
        + " images' cosines to their nearest other: 1 % is what chance gives.</p>\n";
  }

  static String method(EvaluationResult result) {
    var amplitude = result.settings().amplitude();
    var patches = result.settings().texture().patches();
    var glcm = result.settings().texture().glcm();
    return String.format(
            Locale.ROOT,
            "<p class=\"note\">Amplitudes of all pixels of a label are pooled into %d bins over [0, 1];"
                + " saturated ones (%.4f and more) and excluded areas are left out, and the rest is"
                + " renormalised. KL(real ‖ generated) and Jensen-Shannon use natural logarithms; KL"
                + " adds %.0e to every bin first. Fits are of maximum likelihood on 256 grey levels, cut"
                + " at saturation. ENL, mean/std and texture are measured on %d x %d pixel patches:"
                + " inside the masks where masks were given, else where the mean amplitudes of 16 blocks"
                + " differ by at most %.0f %% (coefficient of variation). The co-occurrence matrices have"
                + " %d levels%s%s. Texture distances are first Wasserstein distances between the values"
                + " over patches, divided by the real patches' standard deviation.</p>%n",
            amplitude.bins(),
            amplitude.saturation(),
            amplitude.epsilon(),
            patches.side(),
            patches.side(),
            100 * patches.tolerance(),
            glcm.levels(),
            glcm.symmetry() == org.sardiffusion.evaluation.texture.GlcmSettings.Symmetry.SYMMETRIC
                ? ", symmetric"
                : "",
            glcm.window() > 0 ? ", in windows of " + glcm.window() + " pixels" : "")
        .replace(System.lineSeparator(), "\n");
  }
}
