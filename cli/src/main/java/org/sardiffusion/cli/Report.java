package org.sardiffusion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import org.sardiffusion.pipelines.Outcome;
import org.sardiffusion.runtime.diffusion.StageSeconds;

/**
 * What a generation tells at its end, to people or to programs.
 *
 * @param outcome what was made
 * @param warnings what the user was told meanwhile
 * @param firstStep seconds from the start of the command to the end of the first denoising step
 * @param seconds from the start of the command to its end
 */
record Report(Outcome outcome, List<String> warnings, double firstStep, double seconds) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** One line for people: what was written, in what time. */
  void print(PrintWriter out) {
    for (Outcome.Output output : outcome.outputs()) {
      out.println(output.files().get(0));
    }
    out.flush();
  }

  /** One JSON object for programs. */
  String toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    ArrayNode outputs = json.putArray("outputs");
    for (Outcome.Output output : outcome.outputs()) {
      ObjectNode entry = outputs.addObject();
      entry.put("file", output.files().get(0).toString());
      entry.put("seed", output.seed());
      ArrayNode beside = entry.putArray("beside");
      output.files().stream().skip(1).forEach(file -> beside.add(file.toString()));
    }
    outcome.latents().ifPresent(file -> json.put("latents", file.toString()));
    json.put("seed", outcome.recipe().recipe().sampling().seed());
    try {
      json.set("parameters", MAPPER.readTree(outcome.recipe().toJson()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A recipe is JSON.", e);
    }
    StageSeconds stages = outcome.stages();
    json.putObject("seconds")
        .put("encode", stages.encode())
        .put("denoise", stages.denoise())
        .put("unet", stages.unet())
        .put("decode", stages.decode())
        .put("write", outcome.writeSeconds())
        .put("first_step", firstStep)
        .put("total", seconds);
    ArrayNode reported = json.putArray("warnings");
    warnings.forEach(reported::add);
    return json.toString();
  }
}
