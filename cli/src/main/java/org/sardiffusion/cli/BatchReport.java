package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sardiffusion.pipelines.batch.BatchSummary;
import org.sardiffusion.pipelines.list.RejectedLine;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlannedImage;

/**
 * What a batch tells before and after its work, to people or to programs.
 *
 * @param plan what it makes
 * @param folder where
 */
record BatchReport(BatchPlan plan, Path folder) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int EXAMPLES = 5;
  private static final int MOST_FAILURES = 10;

  /** Tells the plan. */
  void plan(PrintWriter out, boolean json) {
    if (json) {
      out.println(planJson());
      return;
    }
    out.println(plan.images().size() + " images into " + folder);
    plan.labels()
        .forEach(
            (label, count) ->
                out.println("  " + count + "  " + (label.isEmpty() ? "(unlabelled)" : label)));
    if (!plan.images().isEmpty()) {
      images(out);
    }
    if (plan.repeated() > 0) {
      out.println(plan.repeated() + " more would equal others in everything, and are left out.");
    }
    rejected(out);
    out.flush();
  }

  private void images(PrintWriter out) {
    out.println("of the sizes");
    sizes().forEach((size, count) -> out.println("  " + count + "  " + size));
    out.println("beginning with");
    plan.images().stream()
        .limit(EXAMPLES)
        .forEach(
            image ->
                out.println(
                    "  seed "
                        + image.request().sampling().seed()
                        + "  "
                        + image.request().prompt().text()));
  }

  private Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new TreeMap<>();
    plan.images().forEach(image -> sizes.merge(image.request().size().toString(), 1, Integer::sum));
    return sizes;
  }

  private String planJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("folder", folder.toString());
    json.put("planned", plan.images().size());
    json.put("repeated", plan.repeated());
    json.put("plan", plan.sha256());
    ObjectNode labels = json.putObject("labels");
    plan.labels().forEach(labels::put);
    ArrayNode images = json.putArray("images");
    for (PlannedImage image : plan.images()) {
      images
          .addObject()
          .put("id", image.id())
          .put("line", image.line())
          .put("label", image.label())
          .put("prompt", image.request().prompt().text())
          .put("seed", image.request().sampling().seed())
          .put("width", image.request().size().width())
          .put("height", image.request().size().height());
    }
    failures(json, plan.rejected());
    return json.toString();
  }

  /** Tells the end. */
  void print(BatchSummary summary, PrintWriter out, PrintWriter err) {
    if (!summary.failures().isEmpty()) {
      err.println(
          "sar-diffusion: "
              + summary.failures().size()
              + " can't be made: "
              + folder.resolve("failures.jsonl")
              + " says why.");
    }
    switch (summary.dataset()) {
      case COMPLETE -> out.println(folder.resolve("index.html"));
      case PARTIAL ->
          out.println(folder + ": this shard is through; the last one writes the manifest");
      case INCOMPLETE ->
          err.println(
              "sar-diffusion: images of "
                  + folder
                  + " are still missing, so it has no manifest yet: repeat the command to make"
                  + " them.");
    }
    out.flush();
  }

  /** The exit code: 1 if anything is missing that this run was to make. */
  int status(BatchSummary summary) {
    return summary.failures().isEmpty() && summary.dataset() != BatchSummary.Dataset.INCOMPLETE
        ? 0
        : 1;
  }

  /** Tells which lines can't be used. */
  void rejected(PrintWriter out) {
    plan.rejected().stream()
        .limit(MOST_FAILURES)
        .forEach(
            line -> out.println("sar-diffusion: line " + line.number() + ": " + line.reason()));
    if (plan.rejected().size() > MOST_FAILURES) {
      out.println(
          "sar-diffusion: " + plan.rejected().size() + " lines can't be used, these among them.");
    }
    out.flush();
  }

  /** One JSON object for programs. */
  String toJson(BatchSummary summary) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("folder", folder.toString());
    json.put("planned", summary.planned());
    json.put("kept", summary.kept());
    json.put("made", summary.made());
    json.put("complete", summary.dataset() == BatchSummary.Dataset.COMPLETE);
    json.put("plan", plan.sha256());
    if (summary.dataset() == BatchSummary.Dataset.COMPLETE) {
      json.put("manifest", folder.resolve("manifest.jsonl").toString());
      json.put("contact_sheet", folder.resolve("index.html").toString());
    }
    failures(json, summary.failures());
    json.putObject("seconds").put("total", summary.seconds());
    return json.toString();
  }

  private static void failures(ObjectNode json, List<RejectedLine> failures) {
    ArrayNode list = json.putArray("failures");
    for (RejectedLine failure : failures) {
      list.addObject()
          .put("line", failure.number())
          .put("prompt", failure.prompt())
          .put("reason", failure.reason());
    }
  }
}
