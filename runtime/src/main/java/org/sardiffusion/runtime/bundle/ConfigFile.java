package org.sardiffusion.runtime.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
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
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Configurations are a few kilobytes; anything larger is not one. */
  private static final long MAX_BYTES = 16L << 20;

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

  /** A positive whole number. */
  OptionalInt count(String key) {
    if (!has(key)) {
      return OptionalInt.empty();
    }
    JsonNode node = root.get(key);
    if (!node.isInt() || node.intValue() < 1) {
      throw wrong(key, "a whole number above 0");
    }
    return OptionalInt.of(node.intValue());
  }

  int requiredCount(String key) {
    return count(key).orElseThrow(() -> wrong(key, "a whole number above 0"));
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
    List<Double> values = new ArrayList<>();
    for (JsonNode node : root.get(key)) {
      if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
        throw wrong(key, "a list of finite numbers");
      }
      values.add(node.doubleValue());
    }
    return Optional.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The length of the list under {@code key}, at least 1. */
  int listLength(String key) {
    if (!has(key) || !root.get(key).isArray() || root.get(key).isEmpty()) {
      throw wrong(key, "a list");
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
