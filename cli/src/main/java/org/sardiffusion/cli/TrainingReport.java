package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import org.sardiffusion.training.run.TrainingEvent;
import org.sardiffusion.training.run.TrainingOutcome;
import org.sardiffusion.training.run.TrainingRequest;

/**
 * What a training run tells at its end, to people or to programs.
 *
 * @param request what was to be done
 * @param outcome how it ended
 * @param console what was seen meanwhile
 * @param seconds from the trainer's start to its end
 */
record TrainingReport(
    TrainingRequest request, TrainingOutcome outcome, TrainingConsole console, double seconds)
    implements PrintOptions.Result {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Where the model is. */
  @Override
  public void print(PrintWriter out) {
    if (outcome instanceof TrainingOutcome.Finished finished) {
      TrainingEvent.Finished result = finished.result();
      out.println(result.bundle().orElse(result.model()));
      result.adapters().forEach(out::println);
      out.flush();
    }
  }

  @Override
  public String toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("run", request.folder().toString());
    json.put("name", request.configuration().name());
    json.put("task", request.configuration().task());
    if (outcome instanceof TrainingOutcome.Finished finished) {
      TrainingEvent.Finished result = finished.result();
      json.put("state", "finished");
      json.put("model", result.model().toString());
      result.bundle().ifPresent(bundle -> json.put("bundle", bundle.toString()));
      ArrayNode adapters = json.putArray("adapters");
      result.adapters().forEach(adapter -> adapters.add(adapter.toString()));
    } else if (outcome instanceof TrainingOutcome.Interrupted interrupted) {
      json.put("state", "interrupted");
      interrupted.stop().checkpoint().ifPresent(path -> json.put("checkpoint", path.toString()));
    }
    console
        .last()
        .ifPresent(
            step -> {
              json.put("step", step.step()).put("steps", step.steps());
              if (Double.isFinite(console.loss())) {
                json.put("loss", console.loss());
              }
            });
    json.put("seconds", seconds);
    ArrayNode messages = json.putArray("messages");
    console.notes().forEach(messages::add);
    return json.toString();
  }
}
