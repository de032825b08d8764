package org.sardiffusion.evaluation.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.augmentation.Augmentation;
import org.sardiffusion.evaluation.augmentation.AugmentationSettings;
import org.sardiffusion.evaluation.augmentation.Recognition;

/** What generated images are worth for training, as a table and as JSON. */
final class AugmentationReport {
  private final List<Comparison> tried;

  AugmentationReport(EvaluationResult result) {
    tried = result.generated().stream().filter(c -> c.augmentation().isPresent()).toList();
  }

  Optional<Table> table() {
    if (tried.isEmpty()) {
      return Optional.empty();
    }
    TreeSet<String> labels = new TreeSet<>();
    tried.forEach(
        c ->
            c.augmentation()
                .orElseThrow()
                .recognition()
                .values()
                .forEach(r -> labels.addAll(r.byLabel().keySet())));
    List<String> header =
        new ArrayList<>(
            List.of(
                "set",
                "learned from",
                "real images",
                "generated images",
                "label right %",
                "from",
                "to",
                "mean of labels %"));
    labels.forEach(label -> header.add(label + " %"));
    List<List<Object>> rows = new ArrayList<>();
    for (Comparison c : tried) {
      Augmentation a = c.augmentation().orElseThrow();
      a.recognition()
          .forEach(
              (training, r) -> {
                List<Object> row = new ArrayList<>(List.of(c.set().name(), training.label()));
                row.addAll(List.of((long) a.real(), (long) a.generated()));
                row.addAll(
                    List.of(
                        100 * r.right().value(),
                        100 * r.right().low(),
                        100 * r.right().high(),
                        100 * r.balanced()));
                labels.forEach(label -> row.add(100 * r.byLabel().getOrDefault(label, Double.NaN)));
                rows.add(row);
              });
    }
    return Optional.of(
        new Table(
            "augmentation",
            "Real images recognised by a classifier that has learned from real ones, from generated"
                + " ones, or from both",
            header,
            rows));
  }

  static void settings(ObjectNode node, AugmentationSettings settings) {
    node.put("folds", settings.folds());
    ReportJson.number(node, "cost", settings.cost());
    node.put("fewest_images_of_a_label", settings.fewest());
    node.put("seed", settings.seed());
  }

  static void write(ObjectNode node, Augmentation augmentation) {
    node.put("real_images", augmentation.real());
    node.put("generated_images", augmentation.generated());
    augmentation.recognition().forEach((training, r) -> write(node.putObject(training.label()), r));
  }

  private static void write(ObjectNode node, Recognition recognition) {
    TwoSampleJson.share(node, recognition.right());
    ReportJson.number(node, "balanced_accuracy", recognition.balanced());
    ObjectNode labels = node.putObject("labels");
    recognition.byLabel().forEach((label, right) -> ReportJson.number(labels, label, right));
  }
}
