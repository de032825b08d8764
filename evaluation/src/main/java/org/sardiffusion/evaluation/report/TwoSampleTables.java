package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.internal.crops.FeatureGroup;
import org.sardiffusion.evaluation.internal.learn.Share;
import org.sardiffusion.evaluation.plot.HeatMap;
import org.sardiffusion.evaluation.twosample.Telltale;
import org.sardiffusion.evaluation.twosample.TwoSample;

/** The tables and the picture of what classifiers tell apart. */
final class TwoSampleTables {
  private final List<Comparison> tested;

  /**
   * @param comparisons the last one that of the real images with each other
   */
  TwoSampleTables(List<Comparison> comparisons) {
    tested = comparisons.stream().filter(c -> c.twoSample().isPresent()).toList();
  }

  List<Table> all() {
    return tested.isEmpty() ? List.of() : List.of(accuracies(), telltales());
  }

  List<Figure> figures() {
    return tested.isEmpty() ? List.of() : List.of(map());
  }

  private Table accuracies() {
    List<String> header =
        new ArrayList<>(
            List.of(
                "set",
                "images of each",
                "crops",
                "logistic regression %",
                "from",
                "to",
                "extra trees %",
                "from",
                "to"));
    for (FeatureGroup group : FeatureGroup.values()) {
      header.add(group.label() + " alone %");
    }
    List<List<Object>> rows = new ArrayList<>();
    for (Comparison c : tested) {
      TwoSample t = c.twoSample().orElseThrow();
      List<Object> row = new ArrayList<>(List.of(c.set().name(), (long) t.images()));
      row.add((long) t.crops());
      for (Share share : List.of(t.logistic(), t.trees())) {
        row.addAll(List.of(100 * share.value(), 100 * share.low(), 100 * share.high()));
      }
      t.groups().values().forEach(share -> row.add(100 * share.value()));
      rows.add(row);
    }
    return new Table(
        "two-sample",
        "How often classifiers tell crops from real ones (50 % is chance; from, to: 95 % interval)",
        header,
        rows);
  }

  private Table telltales() {
    List<List<Object>> rows = new ArrayList<>();
    for (Comparison c : tested) {
      for (Telltale t : c.twoSample().orElseThrow().telltales()) {
        rows.add(
            List.of(
                c.set().name(),
                t.feature().group().label(),
                t.feature().name(),
                t.auc(),
                t.real(),
                t.generated()));
      }
    }
    return new Table(
        "telltales",
        "The features that give it away most: area under the ROC curve (0.5 tells nothing), medians",
        List.of("set", "kind", "feature", "AUC", "real", "generated"),
        rows);
  }

  private Figure map() {
    List<String> columns = new ArrayList<>(List.of("regression", "extra trees"));
    for (FeatureGroup group : FeatureGroup.values()) {
      columns.add(group.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    List<List<Double>> values = new ArrayList<>();
    for (Comparison c : tested) {
      TwoSample t = c.twoSample().orElseThrow();
      List<Double> row =
          new ArrayList<>(List.of(100 * t.logistic().value(), 100 * t.trees().value()));
      t.groups().values().forEach(share -> row.add(100 * share.value()));
      values.add(row);
    }
    return Figure.of(
        "two-sample",
        "How often classifiers tell crops from real ones, % (50 is chance), with all features and,"
            + " regression, with those of one kind; the last row tells real ones from each other",
        new HeatMap.Cells(
            tested.stream().map(c -> c.set().name()).toList(),
            columns,
            values,
            "%.0f",
            HeatMap.LastRow.REFERENCE),
        HeatMap.Darkest.LARGEST);
  }
}
