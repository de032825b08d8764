package org.sardiffusion.pipelines.refinement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.ortho.WarpKernel;
import org.sardiffusion.geo.raster.Calibration;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.Recipe;
import org.sardiffusion.pipelines.RecipeException;

/**
 * All that refines a file to the same pixels again: what every refined image carries.
 *
 * @param sampling software, device, model, adapters, prompt, seed, steps: what any image has
 * @param input the file and the part of it that was taken
 * @param sources what the input was read from, by content: the file that was named first
 * @param settings strength, control and radiometry as they were; its sampling is that above
 * @param ground the map that the image was brought to
 */
public record RefinementRecipe(
    Recipe sampling,
    RadarInput input,
    List<InputFile> sources,
    RefinementSettings settings,
    Optional<GroundProjection> ground) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String TASK = "refinement";

  /**
   * What came out, which a recipe also says.
   *
   * @param controlled whether a ControlNet followed the input
   * @param tiles in how many tiles the noise was predicted
   * @param divisor from the input's amplitude to [0,1]
   * @param spacing of the pixels, metres
   */
  record Result(boolean controlled, int tiles, double divisor, Spacing spacing) {}

  /** One line of JSON, keys always in the same order; {@link #fromJson} reads it. */
  String toJson(Result result) {
    ObjectNode json = (ObjectNode) tree(sampling.toJson());
    json.put("task", TASK);
    json.remove("placement");
    ObjectNode from = json.putObject("input");
    from.put("file", name(sources.get(0))).put("sha256", sources.get(0).sha256());
    if (sources.size() > 1) {
      ArrayNode more = from.putArray("more_files");
      sources.stream()
          .skip(1)
          .forEach(s -> more.addObject().put("file", name(s)).put("sha256", s.sha256()));
    }
    input.spacing().ifPresent(s -> from.putArray("spacing_m").add(s.columns()).add(s.rows()));
    input
        .window()
        .ifPresent(
            w -> from.putArray("window").add(w.x()).add(w.y()).add(w.width()).add(w.height()));
    input.polarisation().ifPresent(p -> from.put("polarisation", p.name()));
    input.calibration().ifPresent(c -> from.put("calibration", lower(c)));
    settings.strength().ifPresent(s -> json.put("strength", s));
    if (result.controlled) {
      json.put("control_scale", settings.controlScale());
    }
    json.put("radiometry", lower(settings.radiometry()));
    ground.ifPresent(
        g -> {
          ObjectNode map = json.putObject("orthorectified");
          g.crs().ifPresent(code -> map.put("crs", code));
          g.pixelSize().ifPresent(size -> map.put("pixel_size", size));
          map.put("resampling", lower(g.kernel()));
        });
    json.put("tiles", result.tiles);
    json.put("amplitude_divisor", result.divisor);
    json.putArray("spacing_m").add(result.spacing.columns()).add(result.spacing.rows());
    return json.toString();
  }

  private static String name(InputFile file) {
    return file.path().getFileName().toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a recipe.
   *
   * @param text what a refined image carries
   * @throws RecipeException if it is damaged, of another version, or of an image that was not
   *     refined
   */
  public static RefinementRecipe fromJson(String text) {
    JsonNode json = tree(text);
    if (!json.path("task").asText().equals(TASK)) {
      throw new RecipeException(
          "The image was made by \""
              + json.path("task").asText("something else")
              + "\", not by refining a file: make it again with sar-diffusion generate --from.");
    }
    try {
      JsonNode from = required(json, "input");
      List<InputFile> sources = new ArrayList<>();
      sources.add(source(from));
      from.path("more_files").forEach(each -> sources.add(source(each)));
      RadarInput input =
          new RadarInput(
              sources.get(0).path(),
              from.has("spacing_m")
                  ? Optional.of(
                      new Spacing(number(from, "spacing_m", 0), number(from, "spacing_m", 1)))
                  : Optional.empty(),
              from.has("window") ? Optional.of(window(from.get("window"))) : Optional.empty(),
              from.has("polarisation")
                  ? Polarisation.of(from.get("polarisation").asText())
                  : Optional.empty(),
              from.has("calibration")
                  ? Optional.of(choice(Calibration.values(), from.get("calibration").asText()))
                  : Optional.empty());
      Recipe sampling = sampling((ObjectNode) json);
      RefinementSettings settings =
          new RefinementSettings(
              sampling.request().prompt(),
              sampling.request().sampling(),
              OptionalDouble.of(required(json, "strength").asDouble()),
              json.path("control_scale").asDouble(RefinementSettings.CONTROL_SCALE),
              choice(Radiometry.values(), required(json, "radiometry").asText()));
      return new RefinementRecipe(
          sampling,
          input,
          List.copyOf(sources),
          settings,
          json.has("orthorectified")
              ? Optional.of(ground(json.get("orthorectified")))
              : Optional.empty());
    } catch (IllegalArgumentException | RefinementException e) {
      throw new RecipeException("The image's recipe is damaged: " + e.getMessage(), e);
    }
  }

  /** The part that any image has, in the form that any image has it. */
  private static Recipe sampling(ObjectNode json) {
    ObjectNode plain = json.deepCopy();
    plain.put("task", "text_to_image");
    plain.remove("strength");
    plain.putObject("placement").putArray("pixel_size").add(1.0).add(1.0);
    return Recipe.fromJson(plain.toString());
  }

  private static GroundProjection ground(JsonNode json) {
    return new GroundProjection(
        json.has("crs") ? Optional.of(json.get("crs").asText()) : Optional.empty(),
        json.has("pixel_size")
            ? OptionalDouble.of(json.get("pixel_size").asDouble())
            : OptionalDouble.empty(),
        choice(WarpKernel.values(), required(json, "resampling").asText()));
  }

  private static InputFile source(JsonNode json) {
    return new InputFile(
        Path.of(required(json, "file").asText()), required(json, "sha256").asText());
  }

  private static Window window(JsonNode json) {
    return new Window(
        json.path(0).asInt(-1),
        json.path(1).asInt(-1),
        json.path(2).asInt(-1),
        json.path(3).asInt(-1));
  }

  private static double number(JsonNode json, String key, int index) {
    return json.get(key).path(index).asDouble(Double.NaN);
  }

  private static <E extends Enum<E>> E choice(E[] choices, String text) {
    for (E choice : choices) {
      if (lower(choice).equals(text)) {
        return choice;
      }
    }
    throw new IllegalArgumentException("'" + text + "' is not known.");
  }

  private static JsonNode required(JsonNode json, String key) {
    if (!json.hasNonNull(key)) {
      throw new IllegalArgumentException("it lacks \"" + key + "\".");
    }
    return json.get(key);
  }

  private static JsonNode tree(String json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      if (tree instanceof ObjectNode) {
        return tree;
      }
    } catch (JsonProcessingException e) {
      throw new RecipeException("The image's recipe is damaged: " + e.getOriginalMessage(), e);
    }
    throw new RecipeException("The image's recipe is damaged: it is no JSON object.");
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
                + name(sources.get(i))
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
