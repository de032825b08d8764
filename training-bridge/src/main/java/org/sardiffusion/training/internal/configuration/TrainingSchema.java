package org.sardiffusion.training.internal.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.sardiffusion.training.configuration.KeyPath;

/**
 * {@code training.schema.json}, the trainer's own file: what a configuration may say, and what it
 * says where it says nothing.
 */
public final class TrainingSchema {
  private static final String RESOURCE = "training.schema.json";

  /** The schema of this program's release. */
  public static final TrainingSchema INSTANCE = new TrainingSchema();

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final JsonNode root;
  private final Schema validator;

  private TrainingSchema() {
    try (InputStream in = TrainingSchema.class.getResourceAsStream(RESOURCE)) {
      root = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("The schema of training configurations is unreadable.", e);
    }
    validator = registry.getSchema(root);
  }

  /** What the schema refuses. */
  public List<Error> errors(JsonNode values) {
    return validator.validate(values);
  }

  /** The part of the schema at a path; a missing node if there is none. */
  public JsonNode at(List<String> path) {
    JsonNode node = root;
    for (String part : path) {
      node = node.isArray() ? node.path(Integer.parseInt(part)) : node.path(part);
    }
    return node;
  }

  /** A part of the schema with what its {@code $ref} names; keys beside {@code $ref} win. */
  public JsonNode dereferenced(JsonNode node) {
    JsonNode whole = node;
    while (whole.has("$ref")) {
      ObjectNode merged = root.at(whole.path("$ref").asText().substring(1)).deepCopy();
      ObjectNode beside = whole.deepCopy();
      beside.remove("$ref");
      whole = merged.setAll(beside);
    }
    return whole;
  }

  /** The values with the defaults of all keys that may stand beside them. */
  public JsonNode filled(JsonNode values) {
    return filled(values, root);
  }

  private JsonNode filled(JsonNode value, JsonNode node) {
    if (!value.isObject()) {
      return value;
    }
    Map<String, JsonNode> children = new LinkedHashMap<>();
    Set<String> refused = new HashSet<>();
    for (JsonNode part : applicable(node, value)) {
      for (Map.Entry<String, JsonNode> child : part.path("properties").properties()) {
        children.putIfAbsent(child.getKey(), child.getValue());
        JsonNode not = dereferenced(child.getValue()).path("not");
        if (not.isObject() && not.isEmpty()) {
          refused.add(child.getKey());
        }
      }
    }
    ObjectNode filled = value.deepCopy();
    children.forEach(
        (key, child) -> {
          JsonNode fallback = dereferenced(child).path("default");
          if (value.has(key)) {
            filled.set(key, filled(value.path(key), child));
          } else if (!fallback.isMissingNode() && !refused.contains(key)) {
            filled.set(key, filled(fallback, child));
          }
        });
    return filled;
  }

  /** A part of the schema, and the branches of its conditions that hold for a value. */
  private List<JsonNode> applicable(JsonNode node, JsonNode value) {
    JsonNode whole = dereferenced(node);
    List<JsonNode> parts = new ArrayList<>(List.of(whole));
    whole.path("allOf").forEach(part -> parts.addAll(applicable(part, value)));
    if (whole.has("if")) {
      ObjectNode condition = whole.path("if").deepCopy();
      condition.set("$defs", root.path("$defs"));
      boolean holds = registry.getSchema(condition).validate(value).isEmpty();
      parts.addAll(applicable(whole.path(holds ? "then" : "else"), value));
    }
    return parts;
  }

  /**
   * The keys whose number is out of the bounds that another key's number sets, and what to say of
   * each.
   *
   * @param filled values with their defaults
   */
  public Map<KeyPath, String> violatedComparisons(JsonNode filled) {
    Map<KeyPath, String> violated = new LinkedHashMap<>();
    for (JsonNode rule : root.path("comparisons")) {
      KeyPath key = KeyPath.of(rule.path("key").asText());
      boolean tooSmall =
          difference(filled, key, rule.path("exclusiveMinimum")).filter(d -> d <= 0).isPresent();
      boolean tooLarge =
          difference(filled, key, rule.path("maximum")).filter(d -> d > 0).isPresent();
      if (tooSmall || tooLarge) {
        violated.put(key, rule.path("message").asText());
      }
    }
    return violated;
  }

  private static Optional<Double> difference(JsonNode values, KeyPath key, JsonNode bound) {
    return number(values, key)
        .flatMap(number -> number(values, KeyPath.of(bound.asText())).map(limit -> number - limit));
  }

  private static Optional<Double> number(JsonNode values, KeyPath key) {
    return key.in(values).filter(JsonNode::isNumber).map(JsonNode::asDouble);
  }

  /** The keys that hold paths. */
  public List<KeyPath> pathKeys() {
    return pathKeys(root, KeyPath.ROOT);
  }

  private List<KeyPath> pathKeys(JsonNode node, KeyPath key) {
    JsonNode whole = dereferenced(node);
    List<KeyPath> keys = new ArrayList<>();
    if (whole.path("format").asText().equals("path")) {
      keys.add(key);
    }
    for (Map.Entry<String, JsonNode> child : whole.path("properties").properties()) {
      keys.addAll(pathKeys(child.getValue(), key.child(child.getKey())));
    }
    return keys;
  }

  /** The sections that have a key, as dotted paths. */
  public List<String> sectionsWith(String key) {
    return StreamSupport.stream(root.path("properties").properties().spliterator(), false)
        .filter(section -> section.getValue().path("properties").has(key))
        .map(section -> section.getKey() + "." + key)
        .toList();
  }
}
