package org.sardiffusion.runtime.weights.adapters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.runtime.weights.safetensors.SafetensorsFile;

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
      return new LoraScales(file.file(), parse(file.file(), metadata), true);
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
      scales.refuseOtherKinds();
      return scales;
    } catch (IOException e) {
      throw new AdapterException("Can't read " + beside + ": " + e.getMessage(), e);
    }
  }

  private static boolean isPeft(String key) {
    return key.contains(".lora_A.") || key.contains(".lora_B.");
  }

  private static JsonNode parse(Path file, String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      if (json != null && json.isObject()) {
        return json;
      }
      throw new AdapterException(file + ": the adapter's configuration is no JSON object.");
    } catch (JsonProcessingException e) {
      throw new AdapterException(
          file + ": the adapter's configuration is not JSON (" + e.getOriginalMessage() + ").", e);
    }
  }

  private void refuseOtherKinds() {
    String kind = config.path("peft_type").asText("LORA");
    if (!kind.equalsIgnoreCase("LORA")) {
      throw new AdapterException(
          file + " describes an adapter of the kind " + kind + "; only LORA can be merged.");
    }
    refuse(config, "");
  }

  private void refuse(JsonNode node, String prefix) {
    if (node.path(prefix + "use_dora").asBoolean()) {
      throw new AdapterException(
          file
              + " says use_dora: DoRA can't be merged. Train a plain LoRA, or merge it with peft.");
    }
    if (!node.path(prefix + "bias").asText("none").equals("none")
        || node.path(prefix + "lora_bias").asBoolean()) {
      throw new AdapterException(
          file + " says that biases were trained too, which can't be merged. Train without them.");
    }
  }

  double scale(LoraLayer layer, String scope) {
    String prefix = scoped ? scope + "." : "";
    refuse(config, prefix);
    int rank = layer.rank();
    OptionalDouble stated = pattern(config.path(prefix + "rank_pattern"), layer.name());
    if (stated.isEmpty()) {
      stated = number(config, prefix + "r");
    }
    if (stated.isPresent() && stated.getAsDouble() != rank) {
      throw new AdapterException(
          file
              + " says that layer "
              + layer.name()
              + " has rank "
              + stated.getAsDouble()
              + ", but its matrices have "
              + rank
              + ". Configuration and weights are of two adapters.");
    }
    OptionalDouble alpha = layer.alpha();
    if (alpha.isEmpty()) {
      alpha = pattern(config.path(prefix + "alpha_pattern"), layer.name());
    }
    if (alpha.isEmpty()) {
      alpha = number(config, prefix + "lora_alpha");
    }
    boolean stabilised = config.path(prefix + "use_rslora").asBoolean();
    return alpha.orElse(rank) / (stabilised ? Math.sqrt(rank) : rank);
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

  /**
   * peft takes these keys as regular expressions for the end of a path; trainers write paths. They
   * are compared as paths: an expression of a stranger could take forever.
   */
  private OptionalDouble pattern(JsonNode patterns, String layer) {
    Optional<String> key =
        patterns.properties().stream()
            .map(Map.Entry::getKey)
            .filter(each -> matches(each, layer))
            .findFirst();
    return key.isPresent() ? number(patterns, key.get()) : OptionalDouble.empty();
  }

  private static boolean matches(String pattern, String layer) {
    String path = pattern.replaceAll("^\\^|\\$$", "").replace("\\.", ".");
    return layer.equals(path) || layer.endsWith("." + path);
  }
}
