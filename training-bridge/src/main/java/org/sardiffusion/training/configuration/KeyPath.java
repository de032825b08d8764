package org.sardiffusion.training.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The way from the top of a configuration to one of its values: {@code components.unet.rank}, or
 * {@code validation.prompts.0} for the first entry of a list.
 *
 * @param parts keys and, below lists, indices from 0; empty for the whole configuration
 */
public record KeyPath(List<String> parts) {
  /** The whole configuration. */
  public static final KeyPath ROOT = new KeyPath(List.of());

  private static final Pattern INDEX = Pattern.compile("\\d{1,9}");
  private static final Pattern PLAIN = Pattern.compile("[\\w-]+");

  public KeyPath {
    parts = List.copyOf(parts);
  }

  /** The path that {@code text} spells with dots between its keys. */
  public static KeyPath of(String text) {
    return text.isEmpty() ? ROOT : new KeyPath(List.of(text.split("\\.", -1)));
  }

  /** The path to {@code key} below this one. */
  public KeyPath child(String key) {
    List<String> longer = new ArrayList<>(parts);
    longer.add(key);
    return new KeyPath(longer);
  }

  /** The path to what holds this one; of the whole, itself. */
  public KeyPath parent() {
    return parts.isEmpty() ? this : new KeyPath(parts.subList(0, parts.size() - 1));
  }

  /** The last key, empty for the whole configuration. */
  public String last() {
    return parts.isEmpty() ? "" : parts.get(parts.size() - 1);
  }

  /** The value here in {@code values}, or nothing. A {@code null} is nothing. */
  public Optional<JsonNode> in(JsonNode values) {
    JsonNode node = values;
    for (String part : parts) {
      node = child(node, part);
    }
    return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  /** What {@code parent} has at {@code part}; a missing node if it has nothing there. */
  static JsonNode child(JsonNode parent, String part) {
    return parent.isArray() && INDEX.matcher(part).matches()
        ? parent.path(Integer.parseInt(part))
        : parent.path(part);
  }

  /** Whether this is {@code other} or lies below it. */
  boolean isWithin(KeyPath other) {
    return parts.size() >= other.parts.size()
        && parts.subList(0, other.parts.size()).equals(other.parts);
  }

  /** With dots; keys that are whole sentences stand in brackets. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      if (!PLAIN.matcher(part).matches()) {
        text.append("[\"").append(part).append("\"]");
      } else {
        text.append(text.isEmpty() ? "" : ".").append(part);
      }
    }
    return text.toString();
  }
}
