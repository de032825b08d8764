package org.sardiffusion.runtime.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One JSON configuration file of a bundle, read key by key; every complaint names the file and the
 * key.
 */
final class ConfigFile {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Configurations are a few kilobytes; anything larger is not one. */
  private static final long MAX_BYTES = 16L << 20;

  /**
   * Far above every size, channel count and width of any model, far below where products overflow.
   */
  private static final int MAX_COUNT = 1 << 20;

  /** Each level halves the image: SDXL's UNet has 3, its VAE 4. */
  private static final int MAX_LEVELS = 8;

  private final Path file;
  private final JsonNode root;

  private ConfigFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static ConfigFile read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new BundleException(
            file
                + " is missing. Export the model again, or copy the file from the diffusers folder that it came from.");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new BundleException(
            file + " is " + Files.size(file) + " bytes long: too long for a configuration.");
      }
      JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
      if (root == null || !root.isObject()) {
        throw new BundleException(file + " does not hold a JSON object.");
      }
      return new ConfigFile(file, root);
    } catch (JsonProcessingException e) {
      throw new BundleException(
          file + " is not valid JSON: " + e.getOriginalMessage() + where(e), e);
    } catch (IOException e) {
      throw new BundleException("Can't read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null
        ? "."
        : " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ").";
  }

  Path file() {
    return file;
  }

  JsonNode root() {
    return root;
  }

  /** The object under {@code key}; an empty one where there is none. */
  ConfigFile child(String key) {
    if (!has(key)) {
      return new ConfigFile(file, MAPPER.createObjectNode());
    }
    if (!root.get(key).isObject()) {
      throw wrong(key, "an object");
    }
    return new ConfigFile(file, root.get(key));
  }

  boolean has(String key) {
    JsonNode node = root.get(key);
    return node != null && !node.isNull();
  }

  Optional<String> text(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!root.get(key).isTextual()) {
      throw wrong(key, "a string");
    }
    return Optional.of(root.get(key).textValue());
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!root.get(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return root.get(key).booleanValue();
  }

  /** A whole number from 1 to {@link #MAX_COUNT}. */
  OptionalInt count(String key) {
    return has(key) ? OptionalInt.of(count(key, root.get(key))) : OptionalInt.empty();
  }

  private int count(String key, JsonNode node) {
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > MAX_COUNT) {
      throw wrong(key, "a whole number from 1 to " + MAX_COUNT);
    }
    return node.intValue();
  }

  /** One positive whole number that stands for both, or a list of two. */
  Optional<int[]> pair(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode node = root.get(key);
    if (!node.isArray()) {
      return Optional.of(new int[] {count(key, node), count(key, node)});
    }
    if (node.size() != 2) {
      throw wrong(key, "one or two whole numbers");
    }
    return Optional.of(new int[] {count(key, node.get(0)), count(key, node.get(1))});
  }

  int requiredCount(String key) {
    return count(key).orElseThrow(() -> wrong(key, "a whole number from 1 to " + MAX_COUNT));
  }

  OptionalDouble number(String key) {
    if (!has(key)) {
      return OptionalDouble.empty();
    }
    JsonNode node = root.get(key);
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw wrong(key, "a finite number");
    }
    return OptionalDouble.of(node.doubleValue());
  }

  Optional<double[]> numbers(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!root.get(key).isArray()) {
      throw wrong(key, "a list of finite numbers");
    }
    List<Double> values = new ArrayList<>();
    for (JsonNode node : root.get(key)) {
      if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
        throw wrong(key, "a list of finite numbers");
      }
      values.add(node.doubleValue());
    }
    return Optional.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The resolution levels of a network: the length of its {@code block_out_channels}. */
  int levels() {
    String key = "block_out_channels";
    if (!has(key)
        || !root.get(key).isArray()
        || root.get(key).isEmpty()
        || root.get(key).size() > MAX_LEVELS) {
      throw wrong(key, "a list of 1 to " + MAX_LEVELS + " numbers");
    }
    return root.get(key).size();
  }

  BundleException wrong(String key, String expected) {
    JsonNode node = root.get(key);
    String found = node == null ? "it is missing" : "it is " + abbreviate(node.toString());
    return new BundleException(
        file + ": \"" + key + "\" must be " + expected + ", but " + found + ".");
  }

  private static String abbreviate(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
