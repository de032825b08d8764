package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.plot.Svg;

/** A result as one HTML page: styles and plots are inside, scripts and links are not needed. */
final class ReportHtml {
  private static final String STYLE =
      """
      :root { color-scheme: light; --ink: #1c2430; --soft: #5b6675; --line: #e3e7ec; --blue: #084594; }
      * { box-sizing: border-box; }
      body { font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
        color: var(--ink); background: #f3f5f8; margin: 0; }
      header { background: #10243f; color: #fff; }
      header > div, main { max-width: 1080px; margin: 0 auto; padding: 1rem 1.25rem; }
      header > div { padding-top: 1.6rem; padding-bottom: 1.5rem; }
      header p { color: #c3d0e2; margin: 0.35rem 0 0; overflow-wrap: anywhere; }
      h1 { font-size: 1.65rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
      h2 { font-size: 1.12rem; line-height: 1.35; margin: 0 0 0.8rem; }
      p { margin: 0.4rem 0; max-width: 48rem; }
      .note { color: var(--soft); font-size: 0.88rem; overflow-wrap: anywhere; }
      section, .card { background: #fff; border: 1px solid var(--line); border-radius: 10px;
        box-shadow: 0 1px 2px rgba(16, 36, 63, 0.05); }
      section { padding: 1.1rem 1.25rem; margin: 1rem 0; }
      .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 1rem;
        margin: 1rem 0; }
      .card { padding: 1rem 1.25rem; border-top: 4px solid var(--blue); }
      .card h2 { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
      .card dl { display: grid; grid-template-columns: 1fr auto; gap: 0.15rem 1rem; margin: 0; }
      .card dt { color: var(--soft); font-size: 0.9rem; }
      .card dd { margin: 0; text-align: right; font-weight: 600; font-variant-numeric: tabular-nums; }
      .card dd small { color: var(--soft); font-weight: 400; display: block; font-size: 0.78rem; }
      figure { margin: 0; }
      .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 0.4rem; }
      .panels svg { width: 100%; height: auto; display: block; }
      .legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; padding: 0;
        margin: 0 0 0.5rem; font-size: 0.88rem; overflow-wrap: anywhere; }
      .legend i { display: inline-block; width: 1.1rem; height: 0.28rem; border-radius: 2px;
        vertical-align: middle; margin-right: 0.45rem; }
      .scroll { overflow-x: auto; }
      .scroll svg { display: block; }
      table { border-collapse: collapse; font-size: 0.86rem; font-variant-numeric: tabular-nums; }
      th, td { padding: 0.34rem 0.7rem; text-align: left; white-space: nowrap; }
      th { border-bottom: 2px solid #c7d0dc; font-weight: 600; }
      td { border-bottom: 1px solid var(--line); }
      th:first-child, td:first-child { position: sticky; left: 0; background: #fff; max-width: 11rem;
        overflow: hidden; text-overflow: ellipsis; }
      tbody tr:hover td { background: #f3f7fc; }
      .n { text-align: right; }
      details summary { cursor: pointer; font-weight: 600; }
      details[open] summary { margin-bottom: 0.7rem; }
      @media (max-width: 600px) { header > div, main { padding-left: 0.8rem; padding-right: 0.8rem; }
        section { padding: 0.8rem; } h1 { font-size: 1.3rem; } h2 { font-size: 1.02rem; }
        th:first-child, td:first-child { max-width: 7.5rem; } }
      @media print { body { background: #fff; } section { break-inside: avoid; box-shadow: none; } }
      """;

  private ReportHtml() {}

  static String of(EvaluationResult result, List<Table> tables, List<Figure> figures) {
    String names =
        result.generated().stream().map(c -> c.set().name()).collect(Collectors.joining(", "));
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<link rel=\"icon\" href=\"data:,\">\n");
    html.append("<title>Evaluation of ").append(Svg.escaped(names)).append("</title>\n");
    html.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<header><div>\n");
    html.append("<h1>").append(Svg.escaped(names));
    html.append(result.reference().isPresent() ? " beside real images" : "").append("</h1>\n<p>");
    html.append(counts(result)).append("</p>\n</div></header>\n<main>\n");
    html.append(ReportCards.of(result));
    section(
        html,
        tables.get(0).title(),
        TableFormat.HTML.write(tables.get(0)) + (result.reference().isPresent() ? reading() : ""));
    for (Figure figure : figures) {
      section(html, figure.whole().title(), drawn(figure));
    }
    for (Table table : tables.subList(1, tables.size())) {
      html.append("<section><details><summary>").append(Svg.escaped(table.title()));
      html.append("</summary>\n").append(TableFormat.HTML.write(table));
      html.append("</details></section>\n");
    }
    section(html, "How this was measured", method(result) + semantics(result));
    return html.append("</main>\n</body>\n</html>\n").toString();
  }

  private static String drawn(Figure figure) {
    StringBuilder html = new StringBuilder("<figure>\n");
    if (!figure.legend().isEmpty()) {
      html.append("<ul class=\"legend\">");
      figure
          .legend()
          .forEach(
              (name, colour) ->
                  html.append("<li><i style=\"background:")
                      .append(colour)
                      .append("\"></i>")
                      .append(Svg.escaped(name))
                      .append("</li>"));
      html.append("</ul>\n");
    }
    html.append(figure.legend().isEmpty() ? "<div class=\"scroll\">" : "<div class=\"panels\">");
    figure.parts().forEach(part -> html.append('\n').append(Svg.of(part)));
    return html.append("</div>\n</figure>\n").toString();
  }

  private static void section(StringBuilder html, String title, String body) {
    html.append("<section><h2>").append(Svg.escaped(title)).append("</h2>\n");
    html.append(body).append("</section>\n");
  }

  private static String counts(EvaluationResult result) {
    List<String> counts = new ArrayList<>();
    result.reference().ifPresent(r -> counts.add(r.real().all().images() + " real images"));
    for (Comparison c : result.generated()) {
      counts.add(c.set().all().images() + " of " + Svg.escaped(c.set().name()));
    }
    return String.join(" · ", counts);
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

  private static String where(EvaluationResult result) {
    return result
        .settings()
        .segmentation()
        .map(
            sam ->
                "inside the largest segment of each image, from its mask file or else from "
                    + Svg.escaped(sam.model())
                    + " (Segment Anything)")
        .orElse(
            String.format(
                Locale.ROOT,
                "inside the masks where masks were given, else where the mean amplitudes of 16 blocks"
                    + " differ by at most %.0f %% (coefficient of variation)",
                100 * result.settings().texture().patches().tolerance()));
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
                + " %s. The co-occurrence matrices have"
                + " %d levels%s%s. Texture distances are first Wasserstein distances between the values"
                + " over patches, divided by the real patches' standard deviation.</p>%n",
            amplitude.bins(),
            amplitude.saturation(),
            amplitude.epsilon(),
            patches.side(),
            patches.side(),
            where(result),
            glcm.levels(),
            glcm.symmetry() == org.sardiffusion.evaluation.texture.GlcmSettings.Symmetry.SYMMETRIC
                ? ", symmetric"
                : "",
            glcm.window() > 0 ? ", in windows of " + glcm.window() + " pixels" : "")
        .replace(System.lineSeparator(), "\n");
  }
}
