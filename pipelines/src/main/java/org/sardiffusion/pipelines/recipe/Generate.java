package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.parameter.Parameter;

/**
 * An image from a prompt, and perhaps from files.
 *
 * @param request for the images of one file alone, without what is in {@code inputs}
 * @param inputs the files that it started from and followed
 * @param placement where the image lies
 */
public record Generate(GenerationRequest request, ImageInputs inputs, AffineGrid placement)
    implements Recipe {
  static final Set<String> TASKS =
      Set.of("text_to_image", "image_to_image", "inpainting", "control_to_image");

  @Override
  public String task() {
    if (inputs.start().isPresent()) {
      return inputs.start().get().mask().isPresent() ? "inpainting" : "image_to_image";
    }
    return inputs.control().isPresent() ? "control_to_image" : "text_to_image";
  }

  @Override
  public List<String> prompts() {
    return List.of(request.prompt().text());
  }

  @Override
  public Sampling sampling() {
    return request.sampling();
  }

  @Override
  public void writeTo(ObjectNode json) {
    json.put("prompt", request.prompt().text());
    json.putArray("size").add(request.size().width()).add(request.size().height());
    json.setAll(request.sampling().values().toJson());
    inputs
        .start()
        .ifPresent(
            from -> {
              Fields.write(json.putObject("init_image"), from.image());
              json.put("strength", from.strength());
              from.mask().ifPresent(mask -> Fields.write(json.putObject("mask"), mask));
            });
    inputs.control().ifPresent(control -> write(json.putObject("control"), control));
    write(json.putObject("placement"), placement);
  }

  private static void write(ObjectNode json, ImageInputs.ControlInput control) {
    ArrayNode images = json.putArray("images");
    control
        .images()
        .forEach(each -> Fields.write(images.addObject(), each.image()).put("scale", each.scale()));
    json.put("start", control.start()).put("end", control.end());
    json.put("guess_mode", control.mode() == Control.Mode.GUESS);
  }

  static void write(ObjectNode json, AffineGrid placement) {
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

  static Generate of(JsonNode json) {
    Fields fields = new Fields(json);
    Generate recipe =
        new Generate(
            GenerationRequest.of(fields.text("prompt"), fields.size("size"), sampling(json)),
            new ImageInputs(
                fields.section("init_image", image -> start(fields, image)),
                fields.section("control", Generate::control)),
            placement(fields.object("placement")));
    String task = fields.text("task");
    if (!task.equals(recipe.task())) {
      throw new RecipeException(
          "The image's recipe is damaged: it is for \""
              + task
              + "\" but has other images than that.");
    }
    return recipe;
  }

  /** How an image was drawn. A recipe says all of it: nothing is guessed. */
  static Sampling sampling(JsonNode json) {
    Overrides values = Overrides.of(json, Sampling.PARAMETERS);
    for (Parameter<?> parameter : Sampling.DIFFUSERS.values().parameters()) {
      boolean step = Sampling.STEP_PLANS.contains(parameter);
      if (!values.any(step ? Sampling.STEP_PLANS : List.of(parameter))) {
        throw new RecipeException(
            "The image's recipe is damaged: it lacks \"" + parameter.key() + "\".");
      }
    }
    return Sampling.DIFFUSERS.with(values);
  }

  private static ImageInputs.Start start(Fields fields, Fields image) {
    return new ImageInputs.Start(
        image.file(), fields.number("strength"), fields.section("mask", Fields::file));
  }

  private static ImageInputs.ControlInput control(Fields section) {
    return new ImageInputs.ControlInput(
        section.objects("images").stream()
            .map(image -> new ImageInputs.Scaled(image.file(), image.number("scale")))
            .toList(),
        section.number("start"),
        section.number("end"),
        section.flag("guess_mode") ? Control.Mode.GUESS : Control.Mode.BALANCED);
  }

  static AffineGrid placement(Fields json) {
    if (json.has("transform")) {
      List<Double> at = json.numbers("transform", 6);
      return new AffineGrid(
          new Affine(at.get(0), at.get(1), at.get(2), at.get(3), at.get(4), at.get(5)),
          json.optionalText("crs").map(Crs::of));
    }
    List<Double> size = json.numbers("pixel_size", 2);
    Optional<String> crs = json.optionalText("crs");
    if (crs.isEmpty()) {
      return AffineGrid.unreferenced(size.get(0));
    }
    List<Double> origin = json.numbers("origin", 2);
    return AffineGrid.northUp(
        Crs.of(crs.get()), origin.get(0), origin.get(1), size.get(0), size.get(1));
  }
}
