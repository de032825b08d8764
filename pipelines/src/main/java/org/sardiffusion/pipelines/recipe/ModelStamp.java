package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.pipelines.Software;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.weights.adapters.AdapterIdentity;

/**
 * What made an image.
 *
 * @param software name and version of the program
 * @param device what it ran on; another device may round differently
 * @param model the model
 * @param adapters what was added to the model, in order
 */
public record ModelStamp(
    String software, String device, ModelIdentity model, List<AdapterIdentity> adapters) {
  public ModelStamp {
    adapters = List.copyOf(adapters);
  }

  /** Of this version of the software. */
  public static ModelStamp of(Model model) {
    return new ModelStamp(
        Software.NAME_AND_VERSION,
        model.options().device().toString(),
        model.identity(),
        model.adapters());
  }

  /** Stands for the model with all that was added to it. */
  public String sha256() {
    return adapters.isEmpty()
        ? model.sha256()
        : Sha256.hex(
            adapters.stream()
                .map(
                    adapter ->
                        " " + adapter.kind().id() + " " + adapter.sha256() + " " + adapter.weight())
                .collect(Collectors.joining("", model.sha256(), "")));
  }

  /**
   * Refuses a model or adapters other than those that made an image.
   *
   * @param image which it was, for the message
   * @throws RecipeException if they differ; it says what to give
   */
  public void requireSame(String image, ModelStamp other) {
    if (!model.sha256().equals(other.model.sha256())) {
      throw new RecipeException(
          image
              + " was made by the model "
              + model.name()
              + " (SHA-256 "
              + model.sha256()
              + "), but this one is "
              + other.model.name()
              + " ("
              + other.model.sha256()
              + "): give the right one.",
          Remedy.choose("model"));
    }
    if (!contents().equals(other.contents())) {
      throw new RecipeException(
          image
              + " was made "
              + (adapters.isEmpty() ? "without adapters" : "with " + described())
              + ", but given "
              + (other.adapters.isEmpty() ? "were none" : "were " + other.described())
              + ". Give the same files with the same weights, in this order.");
    }
  }

  private List<String> contents() {
    return adapters.stream()
        .map(adapter -> adapter.kind() + " " + adapter.sha256() + " " + adapter.weight())
        .toList();
  }

  private String described() {
    return adapters.stream()
        .map(
            adapter ->
                adapter.kind().id()
                    + " "
                    + adapter.file()
                    + (adapter.kind() == AdapterIdentity.Kind.LORA ? ":" + adapter.weight() : "")
                    + " (SHA-256 "
                    + adapter.sha256()
                    + ")")
        .collect(Collectors.joining(", "));
  }

  void writeTo(ObjectNode json) {
    json.put("software", software);
    json.put("device", device);
    json.putObject("model").put("name", model.name()).put("sha256", model.sha256());
    if (!adapters.isEmpty()) {
      ArrayNode added = json.putArray("adapters");
      adapters.forEach(
          adapter ->
              added
                  .addObject()
                  .put("kind", adapter.kind().id())
                  .put("file", adapter.file())
                  .put("sha256", adapter.sha256())
                  .put("weight", adapter.weight()));
    }
  }

  static ModelStamp of(JsonNode json) {
    Fields fields = new Fields(json);
    Fields model = fields.object("model");
    List<AdapterIdentity> adapters = new ArrayList<>();
    for (JsonNode each : json.path("adapters")) {
      Fields adapter = new Fields(each);
      adapters.add(
          new AdapterIdentity(
              kind(adapter.text("kind")),
              adapter.text("file"),
              adapter.text("sha256"),
              adapter.number("weight")));
    }
    return new ModelStamp(
        fields.text("software"),
        fields.text("device"),
        new ModelIdentity(model.text("name"), model.text("sha256")),
        adapters);
  }

  private static AdapterIdentity.Kind kind(String id) {
    return Arrays.stream(AdapterIdentity.Kind.values())
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new RecipeException("The recipe has an unknown adapter: " + id + "."));
  }
}
