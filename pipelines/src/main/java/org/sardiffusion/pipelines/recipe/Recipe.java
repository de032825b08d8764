package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.runtime.diffusion.Sampling;

/** What makes an image again with the model that made it: all that decides on its pixels. */
public sealed interface Recipe permits Generate, Refine, Scene {
  /** What a recipe calls this kind of work. */
  String task();

  /** What the image shows. */
  List<String> prompts();

  /** How it is drawn from the model. */
  Sampling sampling();

  /** Writes the fields that {@link RecordedRecipe} reads. */
  void writeTo(ObjectNode json);

  /** As one object of JSON, keys always in the same order. */
  default ObjectNode toJson() {
    ObjectNode json = RecordedRecipe.MAPPER.createObjectNode();
    json.put("task", task());
    writeTo(json);
    return json;
  }

  /** Equal for recipes that make equal pixels, whichever model does; 64 hexadecimal digits. */
  default String digest() {
    return Sha256.hex(toJson().toString());
  }
}
