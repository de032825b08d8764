package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardiffusion.training.dataset.DatasetManifest;
import org.sardiffusion.training.dataset.DatasetManifest.SplitSummary;
import org.sardiffusion.training.dataset.DatasetPlan;
import org.sardiffusion.training.dataset.Split;

/**
 * What the command {@code dataset} tells at its end.
 *
 * @param out standard output
 * @param folder the training set
 */
record DatasetReport(PrintWriter out, Path folder) {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** What would be done. */
  void plan(DatasetPlan plan, boolean asJson) {
    if (asJson) {
      ObjectNode json = MAPPER.createObjectNode();
      json.put("dry_run", true).put("out", folder.toString());
      json.put("sources", plan.sources().size());
      ObjectNode splits = json.putObject("splits");
      for (Split split : Split.values()) {
        splits
            .putObject(split.folder())
            .put("scenes", plan.scenes(split))
            .put("patches_at_most", plan.patches(split));
      }
      ArrayNode unreadable = json.putArray("failed");
      plan.unreadable()
          .forEach(
              (file, problem) ->
                  unreadable.addObject().put("source", file.toString()).put("problem", problem));
      out.println(json);
    } else {
      TextTable table = new TextTable().row("split", "scenes", "patches (at most)");
      for (Split split : Split.values()) {
        table.row(
            split.folder(), Long.toString(plan.scenes(split)), Long.toString(plan.patches(split)));
      }
      table.print(out, "");
      plan.unreadable().forEach((file, problem) -> out.println(file + ": " + problem));
    }
    out.flush();
  }

  /** The manifest without its list of sources, for programs. */
  void json(DatasetManifest manifest, double seconds) {
    ObjectNode json = MAPPER.valueToTree(manifest);
    json.remove("sources");
    json.put("out", folder.toString());
    json.put("seconds", Math.round(seconds * 10) / 10.0);
    out.println(json);
    out.flush();
  }

  /** Counts by category and by reason, for people. */
  void tables(DatasetManifest manifest, double seconds) {
    Map<String, SplitSummary> splits = manifest.splits();
    TextTable table = new TextTable().row("category", "train", "validation", "test");
    splits
        .get(Split.TRAIN.folder())
        .categories()
        .keySet()
        .forEach(
            category -> {
              if (splits.values().stream().anyMatch(s -> s.categories().get(category) > 0)) {
                table.row(
                    category,
                    share(splits, Split.TRAIN, category),
                    share(splits, Split.VALIDATION, category),
                    share(splits, Split.TEST, category));
              }
            });
    table.row(
        "all",
        total(splits, Split.TRAIN),
        total(splits, Split.VALIDATION),
        total(splits, Split.TEST));
    table.print(out, "");
    List<String> reasons =
        manifest.dropped().entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .toList();
    out.println("dropped: " + (reasons.isEmpty() ? "none" : String.join(", ", reasons)));
    if (!manifest.failed().isEmpty()) {
      out.println("unusable sources: " + manifest.failed().size() + " (see dataset.json)");
    }
    out.println(String.format(Locale.ROOT, "%s  (%.1f s)", folder, seconds));
    out.flush();
  }

  private static String share(Map<String, SplitSummary> splits, Split split, String category) {
    SplitSummary s = splits.get(split.folder());
    int count = s.categories().getOrDefault(category, 0);
    return String.format(
        Locale.ROOT, "%d (%.1f %%)", count, 100.0 * count / Math.max(1, s.images()));
  }

  private static String total(Map<String, SplitSummary> splits, Split split) {
    SplitSummary s = splits.get(split.folder());
    return s.images() + " of " + s.scenes() + " scenes";
  }
}
