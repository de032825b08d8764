package org.sardiffusion.training.internal.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.sardiffusion.core.text.Spelling;
import org.sardiffusion.training.configuration.ConfigurationDocument;
import org.sardiffusion.training.configuration.KeyPath;
import org.sardiffusion.training.configuration.Problem;

/**
 * What the schema refuses in one document, worded for people. A {@code message} in the schema
 * stands as it is.
 */
public final class SchemaErrors {
  private final TrainingSchema schema = TrainingSchema.INSTANCE;
  private final ConfigurationDocument document;

  private SchemaErrors(ConfigurationDocument document) {
    this.document = document;
  }

  /**
   * At most one problem for each key.
   *
   * @param values the document's, with their defaults
   */
  public static List<Problem> in(ConfigurationDocument document, JsonNode values) {
    SchemaErrors errors = new SchemaErrors(document);
    Map<KeyPath, Problem> problems = new LinkedHashMap<>();
    for (Error error : errors.schema.errors(document.values())) {
      // Several rules may refuse one value; the first is the narrowest.
      errors.problem(error).ifPresent(problem -> problems.putIfAbsent(problem.key(), problem));
    }
    if (problems.isEmpty()) {
      errors
          .schema
          .violatedComparisons(values)
          .forEach((key, message) -> problems.put(key, document.problem(key, message)));
    }
    return List.copyOf(problems.values());
  }

  private Optional<Problem> problem(Error error) {
    List<String> rule = elements(error.getSchemaLocation().getFragment());
    JsonNode limit = schema.at(rule);
    JsonNode holder = schema.at(rule.subList(0, rule.size() - 1));
    KeyPath key = new KeyPath(elements(error.getInstanceLocation()));
    return switch (error.getKeyword()) {
      // These only gather the errors of what is below them.
      case "if", "allOf", "$ref" -> Optional.empty();
      case "additionalProperties" ->
          atKey(key.child(error.getProperty()), unknownKey(error.getProperty(), holder));
      case "propertyNames" -> atKey(key.child(error.getProperty()), limit.path("message").asText());
      case "required" ->
          Optional.of(
              document.problem(
                  key.child(error.getProperty()), missing(error.getProperty(), holder)));
      case "not" ->
          limit.isEmpty()
              ? atKey(key, holder.path("message").asText())
              : Optional.of(document.problem(key, holder.path("message").asText()));
      default ->
          Optional.of(
              document.problem(
                  key,
                  holder.has("message")
                      ? holder.path("message").asText()
                      : wrongValue(error, limit) + ending(error, holder)));
    };
  }

  private Optional<Problem> atKey(KeyPath key, String message) {
    return Optional.of(new Problem(document.whereKey(key), key, message));
  }

  private String unknownKey(String key, JsonNode holder) {
    List<String> known = new ArrayList<>();
    holder.path("properties").fieldNames().forEachRemaining(known::add);
    List<String> elsewhere = schema.sectionsWith(key);
    String advice =
        Spelling.nearest(key, known)
            .map(near -> "did you mean \"" + near + "\"?")
            .orElse(
                elsewhere.isEmpty()
                    ? "known here: " + String.join(", ", known) + "."
                    : "did you mean " + String.join(" or ", elsewhere) + "?");
    return "unknown key; " + advice;
  }

  private String missing(String key, JsonNode holder) {
    return holder.has("message")
        ? holder.path("message").asText()
        : "is missing." + described(holder.path("properties").path(key));
  }

  /** What is wrong with a value, without a full stop. */
  private static String wrongValue(Error error, JsonNode limit) {
    String shown = shown(error.getInstanceNode());
    return switch (error.getKeyword()) {
      case "const" -> "must be " + limit + ", not " + shown;
      case "enum" -> "must be one of " + String.join(", ", words(limit)) + ", not " + shown;
      case "type" -> "must be " + type(limit) + ", not " + shown;
      case "pattern" -> shown + " is not valid";
      case "minimum" -> "must be at least " + limit.asText() + ", not " + shown;
      case "maximum" -> "must be at most " + limit.asText() + ", not " + shown;
      case "exclusiveMinimum" -> "must be more than " + limit.asText() + ", not " + shown;
      case "exclusiveMaximum" -> "must be less than " + limit.asText() + ", not " + shown;
      case "minLength", "minItems", "minProperties" ->
          limit.asInt() == 1 ? "must not be empty" : "must have at least " + limit + " entries";
      case "maxLength" -> "must not be longer than " + limit + " characters";
      case "maxItems" -> "must not have more than " + limit + " entries";
      default -> error.getMessage();
    };
  }

  private String ending(Error error, JsonNode holder) {
    return switch (error.getKeyword()) {
      case "enum" ->
          "." + Spelling.question(error.getInstanceNode().asText(), words(holder.path("enum")));
      case "pattern" -> "." + described(holder);
      default -> ".";
    };
  }

  private String described(JsonNode node) {
    String description = schema.dereferenced(node).path("description").asText();
    return description.isEmpty() ? "" : " " + description;
  }

  private static String shown(JsonNode value) {
    if (value.isContainerNode()) {
      return value.isArray() ? "a list" : "keys with values";
    }
    return value.isNull() ? "empty" : value.toString();
  }

  private static String type(JsonNode types) {
    return types.isArray()
        ? words(types).stream().map(SchemaErrors::type).collect(Collectors.joining(" or "))
        : type(types.asText());
  }

  private static String type(String type) {
    return switch (type) {
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "string" -> "text";
      case "boolean" -> "true or false";
      case "array" -> "a list";
      case "object" -> "keys with values";
      default -> type;
    };
  }

  private static List<String> words(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static List<String> elements(NodePath path) {
    return IntStream.range(0, path.getNameCount())
        .mapToObj(i -> path.getElement(i).toString())
        .toList();
  }
}
