package org.sardiffusion.evaluation.report;

import java.util.Optional;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.LabelStatistics;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.internal.crops.LatticeLine;
import org.sardiffusion.evaluation.plot.Palette;
import org.sardiffusion.evaluation.plot.Svg;
import org.sardiffusion.evaluation.semantics.CaptionScores;
import org.sardiffusion.evaluation.semantics.GeneratedSemantics;

/**
 * The numbers to read first: a card for each set, with what real images reach beside each number.
 */
final class ReportCards {
  private final StringBuilder html = new StringBuilder();
  private final EvaluationResult result;

  private ReportCards(EvaluationResult result) {
    this.result = result;
  }

  static String of(EvaluationResult result) {
    ReportCards cards = new ReportCards(result);
    cards.html.append("<div class=\"cards\">\n");
    for (int i = 0; i < result.generated().size(); i++) {
      cards.card(i);
    }
    return cards.html.append("</div>\n").toString();
  }

  private void card(int index) {
    Comparison set = result.generated().get(index);
    html.append("<div class=\"card\" style=\"border-top-color:").append(Palette.set(index));
    html.append("\"><h2>").append(Svg.escaped(set.set().name())).append("</h2><dl>");
    result
        .reference()
        .ifPresent(
            reference -> {
              distances(set, reference);
              toldApart(set, reference);
            });
    LabelStatistics all = set.set().all();
    double real =
        result.reference().map(r -> r.real().all().texture().looks().median()).orElse(Double.NaN);
    number("Equivalent looks (ENL)", all.texture().looks().median(), "real", real);
    line(set.set())
        .ifPresent(
            db ->
                number(
                    "Strongest lattice line, dB",
                    db,
                    "real",
                    result.reference().flatMap(r -> line(r.real())).orElse(Double.NaN)));
    result.semantics().ifPresent(s -> rank(s.generated().get(index)));
    html.append("</dl></div>\n");
  }

  private static Optional<Double> line(SetStatistics set) {
    return set.lattice().strongest().map(LatticeLine::decibels);
  }

  private void distances(Comparison set, EvaluationResult.Reference reference) {
    AmplitudeDistance amplitude = set.amplitude().get(SetStatistics.ALL);
    AmplitudeDistance halves = reference.halves().amplitude().get(SetStatistics.ALL);
    number(
        "Amplitude: KL",
        amplitude.kullbackLeibler(),
        "real halves",
        halves == null ? Double.NaN : halves.kullbackLeibler());
    number(
        "Texture: GLCM distance",
        set.texture().get(SetStatistics.ALL).overall(),
        "real halves",
        halves == null
            ? Double.NaN
            : reference.halves().texture().get(SetStatistics.ALL).overall());
  }

  private void toldApart(Comparison set, EvaluationResult.Reference reference) {
    set.twoSample()
        .ifPresent(
            t ->
                number(
                    "Told from real, % of crops",
                    100 * Math.max(t.logistic().value(), t.trees().value()),
                    "real halves",
                    reference
                        .halves()
                        .twoSample()
                        .map(h -> 100 * Math.max(h.logistic().value(), h.trees().value()))
                        .orElse(Double.NaN)));
  }

  private void rank(GeneratedSemantics semantics) {
    CaptionScores own = semantics.set().captions().get(SetStatistics.ALL);
    double real =
        result
            .semantics()
            .flatMap(s -> s.real())
            .map(s -> s.captions().get(SetStatistics.ALL))
            .map(CaptionScores::meanRank)
            .orElse(Double.NaN);
    number("Meaning: CLIP rank", own == null ? Double.NaN : own.meanRank(), "real", real);
    semantics.distance().ifPresent(d -> number("FID", d.frechet(), "", Double.NaN));
  }

  private void number(String what, double value, String beside, double other) {
    html.append("<dt>").append(what).append("</dt><dd>").append(Numbers.shortened(value));
    if (!Double.isNaN(other)) {
      html.append("<small>").append(beside).append(' ');
      html.append(Numbers.shortened(other)).append("</small>");
    }
    html.append("</dd>");
  }
}
