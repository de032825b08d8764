package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.sardiffusion.runtime.diffusion.MicroConditioning;
import org.sardiffusion.runtime.diffusion.Sampling;

/** Recipes of version 1: guidance and micro-conditioning were objects, now they are fields. */
final class VersionOne {
  static final int VERSION = 1;

  private VersionOne() {}

  static void upgrade(ObjectNode json) {
    if (json.remove("guidance") instanceof ObjectNode guidance) {
      Fields fields = new Fields(guidance);
      json.put(Sampling.GUIDANCE.key(), fields.number("scale"));
      json.put(Sampling.GUIDANCE_RESCALE.key(), fields.number("rescale"));
      json.putArray(Sampling.GUIDANCE_INTERVAL.key())
          .add(fields.number("start"))
          .add(fields.number("end"));
    }
    conditioning(json, "");
    conditioning(json, "negative_");
    if (json.path("task").asText().equals(Scene.TASK)) {
      prompts(json);
    }
  }

  /** A scene named the files of its prompts in a row: a map and its legend, or one that tells. */
  private static void prompts(ObjectNode json) {
    JsonNode files = json.path("prompt_files");
    JsonNode layout = json.remove("prompt_map");
    if (files.isEmpty()) {
      json.set("prompt", json.path("prompts").path(0));
      return;
    }
    boolean list = files.size() == 1 && !files.path(0).path("file").asText().endsWith("json");
    json.set(list ? "prompt_list" : "prompt_map", files.get(0));
    if (files.size() > 1) {
      json.set("legend", files.get(1));
    }
    if (layout != null) {
      json.set("blend", layout.path("blend_m"));
      json.set("cells_sha256", layout.path("cells_sha256"));
    }
  }

  /**
   * A negative one without both sizes was the prompt's own but for its score, which now goes
   * without saying.
   */
  private static void conditioning(ObjectNode json, String prefix) {
    if (!(json.remove(prefix + "conditioning") instanceof ObjectNode values)) {
      return;
    }
    boolean whole = prefix.isEmpty() || values.has("original_size") && values.has("target_size");
    for (String key : new String[] {"original_size", "crop", "target_size"}) {
      JsonNode value = values.get(key);
      if (whole && value != null) {
        json.set(prefix + key, value);
      }
    }
    json.put(
        prefix + "aesthetic_score",
        values.path("aesthetic_score").asDouble(MicroConditioning.AESTHETIC_SCORE));
  }
}
