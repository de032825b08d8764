package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.amplitude.AmplitudeDistance;
import org.sardiffusion.evaluation.semantics.CaptionScores;
import org.sardiffusion.evaluation.semantics.GeneratedSemantics;
import org.sardiffusion.evaluation.semantics.SemanticResult;
import org.sardiffusion.evaluation.semantics.SetSemantics;

/**
 * The two kinds of tables in which the paper puts models side by side, with its columns: mean and
 * variance of the CLIP rank and the KL divergence. The rank's columns are left out where no
 * SAR-CLIP was given, the divergence's where no real images were.
 */
final class PaperTables {
  private final EvaluationResult result;

  PaperTables(EvaluationResult result) {
    this.result = result;
  }

  /** Tables 2 to 6: a row for each model. */
  Table models() {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < result.generated().size(); i++) {
      List<Object> row = new ArrayList<>(List.of(result.generated().get(i).set().name()));
      row.addAll(scores(i, SetStatistics.ALL));
      rows.add(row);
    }
    Optional<SetSemantics> real = result.semantics().flatMap(SemanticResult::real);
    if (real.isPresent()) {
      List<Object> row = new ArrayList<>(List.of(real.get().name()));
      row.addAll(rank(real.get().captions(), SetStatistics.ALL));
      row.add(Double.NaN);
      rows.add(row);
    }
    List<String> header = new ArrayList<>(List.of("model"));
    header.addAll(columns());
    return new Table(
        "paper-models",
        "Models side by side, as in tables 2 to 6 of the paper (lower is better)",
        header,
        rows);
  }

  /** Table 7: a row for each category, the models' columns side by side. */
  Table categories() {
    List<String> header = new ArrayList<>(List.of("category"));
    result.generated().forEach(c -> columns().forEach(n -> header.add(c.set().name() + " " + n)));
    List<List<Object>> rows = new ArrayList<>();
    TreeSet<String> labels = new TreeSet<>();
    result.generated().forEach(c -> labels.addAll(c.set().labels().keySet()));
    for (String label : labels) {
      List<Object> row = new ArrayList<>(List.of(label));
      for (int i = 0; i < result.generated().size(); i++) {
        row.addAll(scores(i, label));
      }
      rows.add(row);
    }
    return new Table(
        "paper-categories",
        "Categories, as in table 7 of the paper (lower is better)",
        header,
        rows);
  }

  private List<String> columns() {
    List<String> columns = new ArrayList<>();
    if (result.semantics().isPresent()) {
      columns.addAll(List.of("CLIP rank mean", "CLIP rank variance"));
    }
    if (result.reference().isPresent()) {
      columns.add("KL");
    }
    return columns;
  }

  private List<Object> scores(int index, String label) {
    List<Object> cells = new ArrayList<>();
    if (result.semantics().isPresent()) {
      GeneratedSemantics semantics = result.semantics().get().generated().get(index);
      cells.addAll(rank(semantics.set().captions(), label));
    }
    if (result.reference().isPresent()) {
      Map<String, AmplitudeDistance> distances = comparison(index).amplitude();
      cells.add(distances.containsKey(label) ? distances.get(label).kullbackLeibler() : Double.NaN);
    }
    return cells;
  }

  private Comparison comparison(int index) {
    return result.generated().get(index);
  }

  private static List<Object> rank(SortedMap<String, CaptionScores> captions, String label) {
    CaptionScores scores = captions.get(label);
    return scores == null
        ? Collections.nCopies(2, Double.NaN)
        : List.of(scores.meanRank(), scores.rankVariance());
  }
}
