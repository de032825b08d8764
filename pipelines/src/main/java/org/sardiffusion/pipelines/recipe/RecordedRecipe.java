package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.geo.files.ProvenanceReader;
import org.sardiffusion.geo.provenance.Provenance;

/**
 * A recipe and what followed it: what every image carries.
 *
 * @param stamp the model
 * @param recipe what was made of it
 */
public record RecordedRecipe(ModelStamp stamp, Recipe recipe) {
  static final ObjectMapper MAPPER = new ObjectMapper();
  static final int VERSION = 2;

  /** One line of JSON, keys always in the same order; {@link #fromJson} reads it. */
  public String toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("recipe_version", VERSION);
    json.put("task", recipe.task());
    stamp.writeTo(json);
    recipe.writeTo(json);
    return json.toString();
  }

  /** All that decides on the pixels, as one line of JSON: where an image lies does not. */
  public String identity() {
    ObjectNode json = tree(toJson());
    json.remove("placement");
    return json.toString();
  }

  /** What an image file says of itself. */
  public Provenance provenance() {
    return provenance(Map.of());
  }

  /** Likewise, with more notes of its own. */
  public Provenance provenance(Map<String, String> notes) {
    return new Provenance(
        stamp.model().name(),
        stamp.model().sha256(),
        String.join("; ", recipe.prompts()),
        recipe.sampling().seed(),
        stamp.software(),
        toJson(),
        notes);
  }

  /**
   * The recipe that an image carries.
   *
   * @throws RecipeException if there is none that can be read
   * @throws SarDiffusionException if the file can't be read
   */
  public static RecordedRecipe of(Path image) {
    return fromJson(ProvenanceReader.read(image).recipe());
  }

  /**
   * Reads what {@link #toJson} wrote, in this version or an earlier one.
   *
   * @throws RecipeException if the text is something else
   */
  public static RecordedRecipe fromJson(String text) {
    ObjectNode json = tree(text);
    int version = json.path("recipe_version").asInt(0);
    if (version != VERSION && version != VersionOne.VERSION) {
      throw unknown(json, version);
    }
    try {
      if (version == VersionOne.VERSION) {
        VersionOne.upgrade(json);
      }
      return new RecordedRecipe(ModelStamp.of(json), recipe(json, version));
    } catch (RecipeException e) {
      throw e;
    } catch (SarDiffusionException | IllegalArgumentException e) {
      throw new RecipeException("The image's recipe is damaged: " + e.getMessage(), e);
    }
  }

  private static Recipe recipe(JsonNode json, int version) {
    String task = new Fields(json).text("task");
    if (Generate.TASKS.contains(task)) {
      return Generate.of(json);
    }
    return switch (task) {
      case Refine.TASK -> Refine.of(json);
      case Scene.TASK -> Scene.of(json);
      default -> throw unknown(json, version);
    };
  }

  private static RecipeException unknown(JsonNode json, int version) {
    return new RecipeException(
        "The image holds a recipe of version "
            + version
            + " for \""
            + json.path("task").asText()
            + "\", which this version of sar-diffusion can't replay.");
  }

  private static ObjectNode tree(String text) {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode json) {
        return json;
      }
    } catch (JsonProcessingException e) {
      throw new RecipeException("The image's recipe is damaged: " + e.getOriginalMessage(), e);
    }
    throw new RecipeException("The image's recipe is damaged: it is not a JSON object.");
  }
}
