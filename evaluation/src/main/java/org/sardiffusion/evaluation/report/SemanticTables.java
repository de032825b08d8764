package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.sardiffusion.evaluation.internal.features.FeatureDistance;
import org.sardiffusion.evaluation.semantics.CaptionScores;
import org.sardiffusion.evaluation.semantics.GeneratedSemantics;
import org.sardiffusion.evaluation.semantics.SemanticResult;
import org.sardiffusion.evaluation.semantics.SetSemantics;

/** The tables of what a SAR-CLIP found. */
final class SemanticTables {
  private final SemanticResult result;
  private final List<SetSemantics> sets = new ArrayList<>();

  SemanticTables(SemanticResult result) {
    this.result = result;
    result.generated().forEach(g -> sets.add(g.set()));
    result.real().ifPresent(sets::add);
  }

  List<Table> all() {
    return result.real().isPresent()
        ? List.of(captions(), features(), closest())
        : List.of(captions());
  }

  /** The paper's table 7 and figure 9 as numbers. */
  private Table captions() {
    TreeSet<String> labels = new TreeSet<>();
    sets.forEach(set -> labels.addAll(set.captions().keySet()));
    List<List<Object>> rows = new ArrayList<>();
    for (String label : labels) {
      for (SetSemantics set : sets) {
        CaptionScores s = set.captions().get(label);
        if (s != null) {
          rows.add(
              List.of(
                  label,
                  set.name(),
                  s.images(),
                  s.cosine(),
                  s.meanRank(),
                  s.medianRank(),
                  s.rankVariance(),
                  100 * s.first(),
                  100 * s.classified()));
        }
      }
    }
    return new Table(
        "captions",
        "Images and their captions, by "
            + result.model().name()
            + ": cosine, rank among "
            + result.settings().batch()
            + " captions (1 is best), label recognised",
        List.of(
            "label",
            "set",
            "captioned",
            "cosine",
            "mean rank",
            "median rank",
            "variance",
            "rank 1 %",
            "label right %"),
        rows);
  }

  private Table features() {
    List<List<Object>> rows = new ArrayList<>();
    for (GeneratedSemantics g : result.generated()) {
      FeatureDistance d = g.distance().orElseThrow();
      rows.add(
          List.of(
              g.set().name(),
              d.frechet(),
              d.kernel(),
              100 * d.manifolds().precision(),
              100 * d.manifolds().recall(),
              100 * d.memorisation().share(),
              d.memorisation().threshold()));
    }
    return new Table(
        "features",
        "Distances in the feature space of " + result.model().name() + " (image tower)",
        List.of(
            "set",
            "FID",
            "KID",
            "precision %",
            "recall %",
            "near a real image %",
            "nearness threshold (cosine)"),
        rows);
  }

  private Table closest() {
    List<List<Object>> rows = new ArrayList<>();
    for (GeneratedSemantics g : result.generated()) {
      for (GeneratedSemantics.ClosePair pair : g.closest()) {
        rows.add(List.of(g.set().name(), pair.generated(), pair.real(), pair.cosine()));
      }
    }
    return new Table(
        "closest",
        "Generated images closest to a real one, by " + result.model().name(),
        List.of("set", "generated", "real", "cosine"),
        rows);
  }
}
