package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.ortho.WarpKernel;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.refinement.GroundProjection;
import org.sardiffusion.pipelines.refinement.PreparedUpscale;
import org.sardiffusion.pipelines.refinement.RadarInput;
import org.sardiffusion.pipelines.refinement.Radiometry;
import org.sardiffusion.pipelines.refinement.RefinementSettings;
import org.sardiffusion.pipelines.refinement.UpscaleRequest;
import org.sardiffusion.runtime.diffusion.Prompt;
import org.sardiffusion.runtime.diffusion.Sampling;

/**
 * A refined file.
 *
 * @param input the file and the part of it that was taken
 * @param sources what the input was read from, by content: the file that was named first
 * @param settings prompt, sampling, strength, control and radiometry as they were
 * @param ground the map that the image was brought to
 * @param result what came out
 */
public record Refine(
    RadarInput input,
    List<InputFile> sources,
    RefinementSettings settings,
    Optional<GroundProjection> ground,
    Result result)
    implements Recipe {
  static final String TASK = "refinement";

  public Refine {
    sources = List.copyOf(sources);
  }

  /**
   * What came out, which a recipe also says.
   *
   * @param size of the refined image
   * @param controlled whether a ControlNet followed the input
   * @param tiles in how many tiles the noise was predicted
   * @param divisor from the input's amplitude to [0,1]
   * @param spacing of the pixels, metres
   */
  public record Result(Size size, boolean controlled, int tiles, double divisor, Spacing spacing) {}

  @Override
  public String task() {
    return TASK;
  }

  @Override
  public List<String> prompts() {
    return List.of(settings.prompt().text());
  }

  @Override
  public Sampling sampling() {
    return settings.sampling();
  }

  @Override
  public void writeTo(ObjectNode json) {
    json.put("prompt", settings.prompt().text());
    json.putArray("size").add(result.size().width()).add(result.size().height());
    json.setAll(settings.sampling().values().toJson());
    writeInput(json.putObject("input"));
    settings.strength().ifPresent(strength -> json.put("strength", strength));
    if (result.controlled) {
      json.put("control_scale", settings.controlScale());
    }
    json.put("radiometry", Fields.lower(settings.radiometry()));
    ground.ifPresent(
        map -> {
          ObjectNode section = json.putObject("orthorectified");
          map.crs().ifPresent(code -> section.put("crs", code));
          map.pixelSize().ifPresent(size -> section.put("pixel_size", size));
          section.put("resampling", Fields.lower(map.kernel()));
        });
    json.put("tiles", result.tiles);
    json.put("amplitude_divisor", result.divisor);
    json.putArray("spacing_m").add(result.spacing.columns()).add(result.spacing.rows());
  }

  private void writeInput(ObjectNode json) {
    write(json, sources.get(0));
    if (sources.size() > 1) {
      ArrayNode more = json.putArray("more_files");
      sources.stream().skip(1).forEach(source -> write(more.addObject(), source));
    }
    input.spacing().ifPresent(s -> json.putArray("spacing_m").add(s.columns()).add(s.rows()));
    input
        .window()
        .ifPresent(
            w -> json.putArray("window").add(w.x()).add(w.y()).add(w.width()).add(w.height()));
    input.polarisation().ifPresent(p -> json.put("polarisation", p.name()));
    input.calibration().ifPresent(c -> json.put("calibration", Fields.lower(c)));
  }

  private static void write(ObjectNode json, InputFile file) {
    Fields.write(json, new InputFile(file.path().getFileName(), file.sha256()));
  }

  static Refine of(JsonNode json) {
    Fields fields = new Fields(json);
    Fields from = fields.object("input");
    List<InputFile> sources = new ArrayList<>();
    sources.add(from.file());
    if (from.has("more_files")) {
      from.objects("more_files").forEach(each -> sources.add(each.file()));
    }
    RadarInput input =
        new RadarInput(
            sources.get(0).path(),
            from.optional("spacing_m", Refine::spacing),
            from.<Window>optional("window", Fields::window),
            from.optionalText("polarisation").flatMap(Polarisation::of),
            from.optional("calibration", (f, key) -> f.choice(key, Calibration.class)));
    boolean controlled = fields.has("control_scale");
    RefinementSettings settings =
        new RefinementSettings(
            new Prompt(fields.text("prompt")),
            Generate.sampling(json),
            OptionalDouble.of(fields.number("strength")),
            controlled ? fields.number("control_scale") : RefinementSettings.CONTROL_SCALE,
            fields.choice("radiometry", Radiometry.class));
    return new Refine(
        input,
        sources,
        settings,
        fields.section("orthorectified", Refine::ground),
        new Result(
            fields.size("size"),
            controlled,
            (int) fields.number("tiles"),
            fields.number("amplitude_divisor"),
            spacing(fields, "spacing_m")));
  }

  private static Spacing spacing(Fields fields, String key) {
    List<Double> both = fields.numbers(key, 2);
    return new Spacing(both.get(0), both.get(1));
  }

  private static GroundProjection ground(Fields section) {
    return new GroundProjection(
        section.optionalText("crs"),
        section.optionalNumber("pixel_size"),
        section.choice("resampling", WarpKernel.class));
  }

  /**
   * What refines a file as this image was.
   *
   * @param file the very input, wherever it lies now
   * @param output where the image goes; it is brought to the same map, whatever that says
   */
  public UpscaleRequest request(Path file, UpscaleRequest.Output output) {
    return new UpscaleRequest(
        new RadarInput(
            file, input.spacing(), input.window(), input.polarisation(), input.calibration()),
        settings,
        new UpscaleRequest.Output(
            output.image(), output.compression(), ground, output.sideOutputs()));
  }

  /**
   * Refuses another input than the one that the image was made from.
   *
   * @param image whose recipe this is, for the message
   * @throws RecipeException if the content of a file is another, or a file beside it says more
   */
  public void requireSame(Path image, PreparedUpscale prepared) {
    List<InputFile> others = prepared.sources();
    for (int i = 0; i < sources.size(); i++) {
      String now = i < others.size() ? others.get(i).sha256() : "missing";
      if (!sources.get(i).sha256().equals(now)) {
        throw new RecipeException(
            image
                + " was made from "
                + sources.get(i).path().getFileName()
                + " (SHA-256 "
                + sources.get(i).sha256()
                + "), but "
                + (i < others.size() ? others.get(i).path() : "the input given")
                + " is another file ("
                + now
                + "): give the one that it was made from.");
      }
    }
    if (others.size() > sources.size()) {
      throw new RecipeException(
          image
              + " was made without "
              + others.get(sources.size()).path()
              + ", which says what the pixels of the input are: move it away.");
    }
  }
}
