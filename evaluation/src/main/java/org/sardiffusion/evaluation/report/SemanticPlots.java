package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.plot.HeatMap;
import org.sardiffusion.evaluation.semantics.CaptionScores;
import org.sardiffusion.evaluation.semantics.SemanticResult;
import org.sardiffusion.evaluation.semantics.SetSemantics;

/** The plots of what a SAR-CLIP found: heat maps, the real images at the bottom. */
final class SemanticPlots {
  private final List<SetSemantics> sets = new ArrayList<>();
  private final SemanticResult result;

  SemanticPlots(SemanticResult result) {
    this.result = result;
    result.generated().forEach(g -> sets.add(g.set()));
    result.real().ifPresent(sets::add);
  }

  /** The paper's figure 9, and the same for the rank. */
  List<Figure> all() {
    List<String> labels = labels();
    String by = ", by label, as " + result.model().name() + " sees it";
    return List.of(
        Figure.of(
            "cosine",
            "Mean cosine of image and caption" + by,
            cells(labels, CaptionScores::cosine, "%.3f"),
            HeatMap.Darkest.LARGEST),
        Figure.of(
            "rank",
            "Mean rank of the own caption among " + result.settings().batch() + by,
            cells(labels, CaptionScores::meanRank, "%.2f"),
            HeatMap.Darkest.SMALLEST));
  }

  /** Those of the generated sets, "all" first; real images may lack some. */
  private List<String> labels() {
    TreeSet<String> labels = new TreeSet<>();
    result.generated().forEach(g -> labels.addAll(g.set().captions().keySet()));
    labels.remove(SetStatistics.ALL);
    List<String> ordered = new ArrayList<>(List.of(SetStatistics.ALL));
    ordered.addAll(labels);
    return ordered;
  }

  private HeatMap.Cells cells(
      List<String> labels, ToDoubleFunction<CaptionScores> measure, String format) {
    return new HeatMap.Cells(
        sets.stream().map(SetSemantics::name).toList(),
        labels,
        sets.stream()
            .map(
                set ->
                    labels.stream()
                        .map(
                            label ->
                                Optional.ofNullable(set.captions().get(label))
                                    .map(measure::applyAsDouble)
                                    .orElse(Double.NaN))
                        .toList())
            .toList(),
        format,
        result.real().isPresent() ? HeatMap.LastRow.REFERENCE : HeatMap.LastRow.ORDINARY);
  }
}
