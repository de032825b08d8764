package org.sardiffusion.pipelines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.MicroConditioning;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.StepPlan;
import org.sardiffusion.runtime.weights.adapters.AdapterIdentity;

/**
 * All that makes one image again: what every image file carries.
 *
 * @param software name and version of the program that made it
 * @param device what it ran on; another device may round differently
 * @param model the model that made it
 * @param adapters what was added to the model, in order
 * @param request the request, for the images of this file alone, without what is in {@code
 *     imageInputs}
 * @param imageInputs the files that it started from and followed
 * @param placement where the image lies
 */
public record Recipe(
    String software,
    String device,
    ModelIdentity model,
    List<AdapterIdentity> adapters,
    GenerationRequest request,
    ImageInputs imageInputs,
    AffineGrid placement) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int VERSION = 1;
  private static final Set<String> TASKS =
      Set.of("text_to_image", "image_to_image", "inpainting", "control_to_image");

  /** The recipe as one line of JSON, keys always in the same order. */
  public String toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("recipe_version", VERSION);
    json.put("task", imageInputs.task());
    json.put("software", software);
    json.put("device", device);
    json.putObject("model").put("name", model.name()).put("sha256", model.sha256());
    if (!adapters.isEmpty()) {
      ArrayNode added = json.putArray("adapters");
      adapters.forEach(adapter -> added.add(adapter(adapter)));
    }
    imageInputs.writeTo(json);
    Sampling sampling = request.sampling();
    json.put("prompt", request.prompt().text());
    sampling.negativePrompt().ifPresent(text -> json.put("negative_prompt", text));
    json.put("seed", sampling.seed());
    json.put("count", sampling.count());
    json.set("size", size(request.size()));
    steps(json, sampling.steps());
    if (sampling.sampler() instanceof SamplerChoice.Named named) {
      json.put("scheduler", named.name().id());
    }
    json.put("eta", sampling.eta());
    Guidance guidance = sampling.guidance();
    json.putObject("guidance")
        .put("scale", guidance.scale())
        .put("rescale", guidance.rescale())
        .put("start", guidance.start())
        .put("end", guidance.end());
    json.set("conditioning", conditioning(sampling.conditioning()));
    sampling
        .negativeConditioning()
        .ifPresent(away -> json.set("negative_conditioning", conditioning(away)));
    json.put("clip_skip", sampling.clipSkip());
    json.put("decode_tile", sampling.decodeTile());
    placement(json.putObject("placement"));
    return json.toString();
  }

  private static ObjectNode adapter(AdapterIdentity adapter) {
    return MAPPER
        .createObjectNode()
        .put("kind", adapter.kind().id())
        .put("file", adapter.file())
        .put("sha256", adapter.sha256())
        .put("weight", adapter.weight());
  }

  private static List<AdapterIdentity> adapters(JsonNode json) {
    List<AdapterIdentity> adapters = new ArrayList<>();
    for (JsonNode adapter : json.path("adapters")) {
      String kind = required(adapter, "kind").asText();
      adapters.add(
          new AdapterIdentity(
              Arrays.stream(AdapterIdentity.Kind.values())
                  .filter(each -> each.id().equals(kind))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new RecipeException("The recipe has an unknown adapter: " + kind + ".")),
              required(adapter, "file").asText(),
              required(adapter, "sha256").asText(),
              required(adapter, "weight").asDouble()));
    }
    return List.copyOf(adapters);
  }

  /**
   * Refuses a model or adapters other than those that made the image.
   *
   * @param image whose recipe this is, for the message
   * @throws RecipeException if they differ; it says what to give
   */
  public void requireSame(String image, ModelIdentity otherModel, List<AdapterIdentity> others) {
    if (!model.sha256().equals(otherModel.sha256())) {
      throw new RecipeException(
          image
              + " was made by the model "
              + model.name()
              + " (SHA-256 "
              + model.sha256()
              + "), but this one is "
              + otherModel.name()
              + " ("
              + otherModel.sha256()
              + "): give the right one with --model DIR.");
    }
    List<String> wanted = adapters.stream().map(Recipe::content).toList();
    if (!wanted.equals(others.stream().map(Recipe::content).toList())) {
      throw new RecipeException(
          image
              + " was made "
              + (adapters.isEmpty() ? "without adapters" : "with " + options(adapters))
              + ", but given "
              + (others.isEmpty() ? "were none" : "were " + options(others))
              + ". Give the same files with the same weights, in this order.");
    }
  }

  private static String content(AdapterIdentity adapter) {
    return adapter.kind() + " " + adapter.sha256() + " " + adapter.weight();
  }

  private static String options(List<AdapterIdentity> adapters) {
    return adapters.stream()
        .map(
            adapter ->
                "--"
                    + adapter.kind().id()
                    + " "
                    + adapter.file()
                    + (adapter.kind() == AdapterIdentity.Kind.LORA ? ":" + adapter.weight() : "")
                    + " (SHA-256 "
                    + adapter.sha256()
                    + ")")
        .collect(Collectors.joining(", "));
  }

  private void placement(ObjectNode json) {
    Affine map = placement.map();
    placement.crs().ifPresent(crs -> json.put("crs", crs.code()));
    if (!map.isNorthUp()) {
      ArrayNode transform = json.putArray("transform");
      transform.add(map.originX()).add(map.xPerColumn()).add(map.xPerRow());
      transform.add(map.originY()).add(map.yPerColumn()).add(map.yPerRow());
      return;
    }
    if (placement.crs().isPresent()) {
      json.putArray("origin").add(map.originX()).add(map.originY());
    }
    json.putArray("pixel_size").add(placement.pixelWidth()).add(placement.pixelHeight());
  }

  private static void steps(ObjectNode json, StepPlan plan) {
    if (plan instanceof StepPlan.Steps steps) {
      json.put("steps", steps.count());
    } else if (plan instanceof StepPlan.Timesteps timesteps) {
      timesteps.timesteps().forEach(json.putArray("timesteps")::add);
    } else if (plan instanceof StepPlan.Sigmas sigmas) {
      sigmas.sigmas().forEach(json.putArray("sigmas")::add);
    }
  }

  private static ArrayNode size(Size size) {
    return MAPPER.createArrayNode().add(size.width()).add(size.height());
  }

  private static ObjectNode conditioning(MicroConditioning conditioning) {
    ObjectNode json = MAPPER.createObjectNode();
    conditioning.originalSize().ifPresent(original -> json.set("original_size", size(original)));
    json.putArray("crop").add(conditioning.cropLeft()).add(conditioning.cropTop());
    conditioning.targetSize().ifPresent(target -> json.set("target_size", size(target)));
    json.put("aesthetic_score", conditioning.aestheticScore());
    return json;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws RecipeException if the text is something else
   */
  public static Recipe fromJson(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      int version = json.path("recipe_version").asInt(0);
      if (version != VERSION || !TASKS.contains(json.path("task").asText())) {
        throw new RecipeException(
            "The image holds a recipe of version "
                + version
                + " for \""
                + json.path("task").asText()
                + "\", which this version of sar-diffusion can't replay.");
      }
      JsonNode model = required(json, "model");
      return new Recipe(
          text(json, "software"),
          text(json, "device"),
          new ModelIdentity(text(model, "name"), text(model, "sha256")),
          adapters(json),
          request(json),
          ImageInputs.of(json),
          placement(required(json, "placement")));
    } catch (JsonProcessingException e) {
      throw new RecipeException("The image's recipe is damaged: " + e.getOriginalMessage(), e);
    } catch (SarDiffusionException e) {
      throw new RecipeException("The image's recipe is damaged: " + e.getMessage(), e);
    }
  }

  private static GenerationRequest request(JsonNode json) {
    JsonNode guidance = required(json, "guidance");
    Sampling.Overrides overrides =
        Sampling.Overrides.NONE
            .with(Sampling.SEED, whole(json, "seed"))
            .with(Sampling.COUNT, count(json, "count"))
            .with(Sampling.STEPS, steps(json))
            .with(Sampling.ETA, number(json, "eta"))
            .with(
                new Guidance(
                    number(guidance, "scale"),
                    number(guidance, "rescale"),
                    number(guidance, "start"),
                    number(guidance, "end")))
            .with(conditioning(required(json, "conditioning")))
            .with(Sampling.CLIP_SKIP, count(json, "clip_skip"))
            .with(Sampling.DECODE_TILE, count(json, "decode_tile"));
    if (json.has("negative_prompt")) {
      overrides = overrides.with(Sampling.NEGATIVE_PROMPT, text(json, "negative_prompt"));
    }
    if (json.has("negative_conditioning")) {
      overrides =
          overrides.with(
              Sampling.NEGATIVE_CONDITIONING, conditioning(json.get("negative_conditioning")));
    }
    if (json.has("scheduler")) {
      overrides =
          overrides.with(
              Sampling.SAMPLER,
              new SamplerChoice.Named(SamplerName.parse(text(json, "scheduler"))));
    }
    return GenerationRequest.of(
        text(json, "prompt"), size(json, "size"), Sampling.DIFFUSERS.with(overrides));
  }

  private static AffineGrid placement(JsonNode json) {
    if (json.has("transform")) {
      List<Double> at = numbers(json, "transform", 6);
      return new AffineGrid(
          new Affine(at.get(0), at.get(1), at.get(2), at.get(3), at.get(4), at.get(5)),
          json.has("crs") ? Optional.of(Crs.of(text(json, "crs"))) : Optional.empty());
    }
    List<Double> size = numbers(json, "pixel_size", 2);
    if (!json.has("crs")) {
      return AffineGrid.unreferenced(size.get(0));
    }
    List<Double> origin = numbers(json, "origin", 2);
    return AffineGrid.northUp(
        Crs.of(text(json, "crs")), origin.get(0), origin.get(1), size.get(0), size.get(1));
  }

  private static StepPlan steps(JsonNode json) {
    if (json.has("timesteps")) {
      return new StepPlan.Timesteps(counts(json, "timesteps", json.get("timesteps").size()));
    }
    if (json.has("sigmas")) {
      return new StepPlan.Sigmas(numbers(json, "sigmas", json.get("sigmas").size()));
    }
    return new StepPlan.Steps(count(json, "steps"));
  }

  private static Size size(JsonNode json, String key) {
    List<Integer> sides = counts(json, key, 2);
    return new Size(sides.get(0), sides.get(1));
  }

  private static MicroConditioning conditioning(JsonNode json) {
    List<Integer> crop = counts(json, "crop", 2);
    return new MicroConditioning(
        json.has("original_size") ? Optional.of(size(json, "original_size")) : Optional.empty(),
        crop.get(0),
        crop.get(1),
        json.has("target_size") ? Optional.of(size(json, "target_size")) : Optional.empty(),
        number(json, "aesthetic_score"));
  }

  static String text(JsonNode json, String key) {
    return of(required(json, key), JsonNode::isTextual, key).textValue();
  }

  static double number(JsonNode json, String key) {
    return of(required(json, key), JsonNode::isNumber, key).doubleValue();
  }

  private static long whole(JsonNode json, String key) {
    return of(required(json, key), n -> n.isIntegralNumber() && n.canConvertToLong(), key)
        .longValue();
  }

  private static int count(JsonNode json, String key) {
    return of(required(json, key), JsonNode::isInt, key).intValue();
  }

  private static List<Integer> counts(JsonNode json, String key, int length) {
    return list(json, key, length).map(n -> of(n, JsonNode::isInt, key).intValue()).toList();
  }

  private static List<Double> numbers(JsonNode json, String key, int length) {
    return list(json, key, length).map(n -> of(n, JsonNode::isNumber, key).doubleValue()).toList();
  }

  private static Stream<JsonNode> list(JsonNode json, String key, int length) {
    JsonNode list = of(required(json, key), n -> n.isArray() && n.size() == length, key);
    return StreamSupport.stream(list.spliterator(), false);
  }

  static JsonNode of(JsonNode value, Predicate<JsonNode> kind, String key) {
    if (!kind.test(value)) {
      throw new RecipeException(
          "The image's recipe is damaged: \"" + key + "\" can't be " + value + ".");
    }
    return value;
  }

  static JsonNode required(JsonNode json, String key) {
    JsonNode value = json.get(key);
    if (value == null || value.isNull()) {
      throw new RecipeException("The image's recipe is damaged: it lacks \"" + key + "\".");
    }
    return value;
  }
}
