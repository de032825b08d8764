package org.sardiffusion.runtime.weights.adapters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.sardiffusion.runtime.internal.safetensors.SafetensorsFile;

/**
 * What a trainer says about ranks and alphas beside the matrices: peft's {@code LoraConfig}, which
 * diffusers puts into the file's metadata ({@code lora_adapter_metadata}; each key after the name
 * of the component, as {@code unet.lora_alpha}; {@code loaders/lora_base.py}) and peft writes
 * beside the file ({@code adapter_config.json}; {@code peft/tuners/lora/config.py}).
 */
final class LoraScales {
  private static final String METADATA = "lora_adapter_metadata";
  private static final String CONFIG = "adapter_config.json";
  private static final long MAX_CONFIG = 16L << 20;

  /** The kinds whose formulas {@link LayerChange} has, by peft's names. */
  private static final Set<String> KINDS = Set.of("LORA", "LOHA", "LOKR", "IA3", "VERA");

  /** Initialisations that take out of the base what they put into the matrices. */
  private static final List<String> CHANGES_BASE =
      List.of("pissa", "olora", "corda", "loftq", "lora_ga", "mica");

  private static final List<String> SCOPES = List.of("unet", "text_encoder", "text_encoder_2");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path file;
  private final JsonNode config;

  /** Whether the keys begin with the name of a component. */
  private final boolean scoped;

  private LoraScales(Path file, JsonNode config, boolean scoped) {
    this.file = file;
    this.config = config;
    this.scoped = scoped;
  }

  static LoraScales read(SafetensorsFile file) {
    String metadata = file.metadata().get(METADATA);
    if (metadata != null) {
      LoraScales scales = new LoraScales(file.file(), parse(file.file(), metadata), true);
      SCOPES.forEach(scope -> scales.refuse(scope + "."));
      return scales;
    }
    Path beside = file.file().toAbsolutePath().resolveSibling(CONFIG);
    if (!Files.isRegularFile(beside)
        || !file.tensors().keySet().stream().allMatch(LoraScales::isPeft)) {
      return new LoraScales(file.file(), MAPPER.createObjectNode(), false);
    }
    try {
      if (Files.size(beside) > MAX_CONFIG) {
        throw new AdapterException(beside + " is too long for a configuration.");
      }
      LoraScales scales = new LoraScales(beside, parse(beside, Files.readString(beside)), false);
      scales.refuse("");
      return scales;
    } catch (IOException e) {
      throw new AdapterException("Can't read " + beside + ": " + e.getMessage(), e);
    }
  }

  private static boolean isPeft(String key) {
    return key.startsWith("base_model.") || key.contains(".lora_A.") || key.contains(".lora_B.");
  }

  private static JsonNode parse(Path file, String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      if (json != null && json.isObject()) {
        return json;
      }
      throw new AdapterException(file + ": the adapter's configuration is not a JSON object.");
    } catch (JsonProcessingException e) {
      throw new AdapterException(
          file + ": the adapter's configuration is not JSON (" + e.getOriginalMessage() + ").", e);
    }
  }

  private void refuse(String prefix) {
    String kind = config.path(prefix + "peft_type").asText("LORA").toUpperCase(Locale.ROOT);
    if (!KINDS.contains(kind)) {
      throw new AdapterException(
          file
              + " describes an adapter of the kind "
              + kind
              + ", which can't be merged here. Merge it with peft (merge_and_unload) and export the result.");
    }
    String init = config.path(prefix + "init_lora_weights").asText("true").toLowerCase(Locale.ROOT);
    if (CHANGES_BASE.stream().anyMatch(init::startsWith)) {
      throw new AdapterException(
          file
              + " says init_lora_weights "
              + init
              + ": the matrices belong to a base that this initialisation changed, and not to the model itself. Save the"
              + " adapter with save_pretrained(FOLDER, path_initial_model_for_weight_conversion=FOLDER_BEFORE_TRAINING),"
              + " or merge it with peft (merge_and_unload) and export the result.");
    }
    if (!config.path(prefix + "bias").asText("none").equals("none")) {
      throw new AdapterException(
          file + " says that biases were trained too, which can't be merged. Train without them.");
    }
  }

  /**
   * Refuses patterns of ranks and alphas that fit no layer: they would silently do nothing.
   *
   * @param layers the names of all layers of the file
   */
  void refuseUnusedPatterns(List<String> layers) {
    for (String prefix :
        scoped ? SCOPES.stream().map(scope -> scope + ".").toList() : List.of("")) {
      for (String patterns : List.of("rank_pattern", "alpha_pattern")) {
        for (String key : keys(prefix + patterns)) {
          if (layers.stream()
              .filter(layer -> layer.startsWith(prefix) || !scoped)
              .noneMatch(layer -> matches(key, layer, prefix))) {
            throw new AdapterException(
                file
                    + ": the key \""
                    + key
                    + "\" of \""
                    + patterns
                    + "\" fits no layer of the adapter. Configuration and weights are of two adapters, or the key is"
                    + " misspelt.");
          }
        }
      }
    }
  }

  /**
   * What the difference of a layer is multiplied by: alpha / rank (alpha / sqrt(rank) where the
   * trainer says rank-stabilised); alpha is the rank where nothing is said.
   *
   * @param rank of its matrices; empty where it has none that tell it
   * @param scope whose layer it is in diffusers' metadata, such as {@code unet}
   */
  double scale(LayerTensors layer, OptionalInt rank, String scope) {
    String prefix = scoped ? scope + "." : "";
    if (config.path(prefix + "use_dora").asBoolean()
        && !layer.has(Role.MAGNITUDE)
        && !layer.has(Role.DORA_SCALE)) {
      throw new AdapterException(
          file
              + " says use_dora, but layer "
              + layer.name()
              + " has no magnitudes (lora_magnitude_vector): DoRA is not complete without them. Save the adapter again.");
    }
    OptionalDouble stated = pattern(prefix + "rank_pattern", layer.name(), prefix);
    if (stated.isEmpty()) {
      stated = number(config, prefix + "r");
    }
    if (stated.isPresent() && rank.isPresent() && stated.getAsDouble() != rank.getAsInt()) {
      throw new AdapterException(
          file
              + " says that layer "
              + layer.name()
              + " has rank "
              + stated.getAsDouble()
              + ", but its matrices have "
              + rank.getAsInt()
              + ". Configuration and weights are of two adapters.");
    }
    OptionalDouble alpha = rank.isPresent() ? layer.alpha() : OptionalDouble.empty();
    if (alpha.isEmpty()) {
      alpha = pattern(prefix + "alpha_pattern", layer.name(), prefix);
    }
    for (String name : List.of("lora_alpha", "alpha")) {
      if (alpha.isEmpty()) {
        alpha = number(config, prefix + name);
      }
    }
    double width = rank.isPresent() ? rank.getAsInt() : stated.orElse(1);
    if (alpha.isEmpty()) {
      return config.path(prefix + "use_rslora").asBoolean() ? Math.sqrt(width) : 1;
    }
    boolean stabilised = config.path(prefix + "use_rslora").asBoolean();
    return alpha.getAsDouble() / (stabilised ? Math.sqrt(width) : width);
  }

  private OptionalDouble number(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalDouble.empty();
    }
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw new AdapterException(
          file
              + ": \""
              + key
              + "\" of the adapter's configuration is "
              + value
              + ", not a number.");
    }
    return OptionalDouble.of(value.doubleValue());
  }

  private List<String> keys(String patterns) {
    return config.path(patterns).properties().stream().map(Map.Entry::getKey).toList();
  }

  private OptionalDouble pattern(String patterns, String layer, String prefix) {
    Optional<String> key =
        keys(patterns).stream().filter(each -> matches(each, layer, prefix)).findFirst();
    return key.isPresent() ? number(config.path(patterns), key.get()) : OptionalDouble.empty();
  }

  /**
   * Whether a key is a regular expression for the end of a layer's path ({@code get_pattern_key} of
   * {@code peft/utils/other.py}).
   */
  private boolean matches(String key, String layer, String prefix) {
    String path = layer.replaceFirst("^base_model\\.model\\.", "");
    path = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
    try {
      return Pattern.compile("(.*\\.)?(" + key + ")$")
          .matcher(new BoundedText(path, file, key))
          .lookingAt();
    } catch (PatternSyntaxException e) {
      throw new AdapterException(
          file + ": the key \"" + key + "\" is no regular expression: " + e.getDescription() + ".",
          e);
    }
  }
}
