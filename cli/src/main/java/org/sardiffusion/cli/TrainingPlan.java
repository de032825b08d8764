package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.sardiffusion.training.configuration.KeyPath;
import org.sardiffusion.training.configuration.RunConfiguration;
import org.sardiffusion.training.run.RunFolder;
import org.sardiffusion.training.run.TrainingRequest;

/**
 * What a training run would do.
 *
 * @param request a request that was found right
 */
record TrainingPlan(TrainingRequest request) {
  /** For people. */
  void print(PrintWriter out) {
    RunConfiguration configuration = request.configuration();
    new TextTable()
        .row("task", configuration.task() + ", from " + configuration.model())
        .row("trained", components())
        .row("data", configuration.images() + " images in " + configuration.data())
        .row(
            "steps",
            configuration.steps() + " of " + configuration.imagesPerStep() + " images each")
        .row("run", request.folder() + ", " + begin())
        .row("python", request.python().python().toString())
        .print(out, "");
    out.println(
        "Everything that can be checked without the trainer is right; nothing was started.");
    out.flush();
  }

  private String components() {
    return request
        .configuration()
        .value(KeyPath.of("components"))
        .map(
            components ->
                components.properties().stream()
                    .filter(entry -> !entry.getValue().path("train").asText().equals("frozen"))
                    .map(entry -> entry.getKey() + " (" + mode(entry.getValue()) + ")")
                    .collect(Collectors.joining(", ")))
        .orElse("");
  }

  private static String mode(JsonNode component) {
    return component.has("rank")
        ? "lora, rank " + component.path("rank").asText()
        : component.path("train").asText();
  }

  private String begin() {
    RunFolder folder = RunFolder.at(request.folder());
    return folder.state() == RunFolder.State.NEW ? "new" : "from step " + folder.step();
  }

  /** One JSON object for programs. */
  String toJson() {
    RunConfiguration configuration = request.configuration();
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("run", request.folder().toString());
    json.put("name", configuration.name());
    json.put("task", configuration.task());
    json.put("state", "planned");
    json.put("images", configuration.images());
    json.put("images_per_step", configuration.imagesPerStep());
    json.put("first_step", RunFolder.at(request.folder()).step() + 1);
    json.put("steps", configuration.steps());
    return json.toString();
  }
}
