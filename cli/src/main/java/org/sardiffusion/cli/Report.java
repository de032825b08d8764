package org.sardiffusion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.pipelines.Outcome;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.diffusion.StageSeconds;

/**
 * What a command that makes images tells at its end.
 *
 * @param outputs what was written, image by image
 * @param recipe what makes it again
 * @param facts more fields of the JSON object: {@code seconds} by stage, such things as {@code
 *     tiles}
 * @param warnings what the user was told meanwhile
 * @param files those that people are told of
 */
record Report(
    List<Outcome.Output> outputs,
    RecordedRecipe recipe,
    ObjectNode facts,
    List<String> warnings,
    List<Path> files)
    implements PrintOptions.Result {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Fields to fill. */
  static ObjectNode fields() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Adds {@code seconds}, so far those that a model took. */
  static ObjectNode seconds(ObjectNode facts, StageSeconds stages) {
    return facts
        .putObject("seconds")
        .put("encode", stages.encode())
        .put("denoise", stages.denoise())
        .put("unet", stages.unet())
        .put("decode", stages.decode());
  }

  /** Of one image. */
  static Report of(
      List<Path> files, RecordedRecipe recipe, ObjectNode facts, List<String> warnings) {
    Outcome.Output output = new Outcome.Output(files, recipe.recipe().sampling().seed());
    return new Report(List.of(output), recipe, facts, warnings, files);
  }

  @Override
  public void print(PrintWriter out) {
    files.forEach(out::println);
  }

  @Override
  public String toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    ArrayNode written = json.putArray("outputs");
    for (Outcome.Output output : outputs) {
      ObjectNode entry = written.addObject();
      entry.put("file", output.files().get(0).toString());
      entry.put("seed", output.seed());
      ArrayNode beside = entry.putArray("beside");
      output.files().stream().skip(1).forEach(file -> beside.add(file.toString()));
    }
    json.put("seed", recipe.recipe().sampling().seed());
    try {
      json.set("parameters", MAPPER.readTree(recipe.toJson()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A recipe is JSON.", e);
    }
    json.setAll(facts);
    warnings.forEach(json.putArray("warnings")::add);
    return json.toString();
  }
}
