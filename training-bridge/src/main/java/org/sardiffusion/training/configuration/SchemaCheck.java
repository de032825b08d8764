package org.sardiffusion.training.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Checks a configuration by {@code training.schema.json}, the trainer's own, and words what is
 * wrong for people.
 */
final class SchemaCheck {
  private static final String RESOURCE = "training.schema.json";
  private static final SchemaCheck INSTANCE = new SchemaCheck();

  private final JsonNode schema;
  private final Schema validator;

  private SchemaCheck() {
    try (InputStream in = SchemaCheck.class.getResourceAsStream(RESOURCE)) {
      schema = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("The schema of training configurations is unreadable.", e);
    }
    validator =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
  }

  /** Everything that the schema finds wrong, in the order of the file. */
  static List<Problem> problems(ConfigurationDocument document) {
    List<Error> errors = INSTANCE.validator.validate(document.values());
    Map<KeyPath, Problem> problems = new LinkedHashMap<>();
    for (Problem problem : INSTANCE.new Wording(document).problems(errors, 0)) {
      // Several rules may refuse one value; the first is the narrowest.
      problems.putIfAbsent(problem.key(), problem);
    }
    return List.copyOf(problems.values());
  }

  /** Words errors about one document. */
  private final class Wording {
    private final ConfigurationDocument document;

    Wording(ConfigurationDocument document) {
      this.document = document;
    }

    /**
     * @param depth how many parts of the evaluation path belong to the alternative that is looked
     *     at
     */
    List<Problem> problems(List<Error> errors, int depth) {
      List<Problem> problems = new ArrayList<>();
      // The rules of a task say nothing while it is not known which task is meant.
      boolean taskUnknown = errors.stream().anyMatch(this::isAboutTask);
      List<Error> left = new ArrayList<>(errors);
      while (!left.isEmpty()) {
        Error error = left.remove(0);
        NodePath rule = error.getEvaluationPath();
        if (taskUnknown && rule.getNameCount() > 0 && rule.getName(0).equals("allOf")) {
          continue;
        }
        if (!error.getKeyword().equals("oneOf")) {
          problem(error).ifPresent(problems::add);
          continue;
        }
        List<Error> within =
            left.stream()
                .filter(other -> other.getEvaluationPath().startsWith(rule))
                .filter(other -> other.getEvaluationPath().getNameCount() > rule.getNameCount())
                .toList();
        left.removeAll(within);
        problems.addAll(alternatives(error, within));
      }
      return problems;
    }

    private boolean isAboutTask(Error error) {
      return error.getInstanceLocation().toString().equals("/task")
          || (error.getInstanceLocation().getNameCount() == 0
              && "task".equals(error.getProperty()));
    }

    /**
     * Of a value that fits none of several alternatives, what is wrong with the one it is meant to
     * be.
     */
    private List<Problem> alternatives(Error error, List<Error> within) {
      JsonNode options = ruleOf(error);
      if (options.findValue("required") != null && options.findValue("type") == null) {
        String names =
            StreamSupport.stream(options.spliterator(), false)
                .map(option -> option.path("required").path(0).asText())
                .collect(Collectors.joining(" and "));
        return List.of(
            problem(
                error,
                (within.isEmpty() ? "has both " : "needs one of ")
                    + names
                    + "; give exactly one."));
      }
      int depth = error.getEvaluationPath().getNameCount();
      Map<Integer, List<Error>> byOption =
          within.stream()
              .collect(
                  Collectors.groupingBy(
                      other -> ((Number) other.getEvaluationPath().getElement(depth)).intValue(),
                      LinkedHashMap::new,
                      Collectors.toList()));
      for (List<Error> option : byOption.values()) {
        if (option.stream().noneMatch(other -> isAnotherKind(other, error))) {
          return problems(option, depth + 1);
        }
      }
      Optional<Error> kind =
          within.stream().filter(other -> other.getKeyword().equals("const")).findFirst();
      if (kind.isPresent()) {
        return List.of(problem(kind.get(), mustBeOneOf(values(within, "const"), kind.get())));
      }
      return List.of(problem(error, "must be " + wanted(within, error) + "."));
    }

    /** Whether an error says that this alternative was not meant at all. */
    private boolean isAnotherKind(Error error, Error union) {
      return error.getKeyword().equals("const")
          || error.getInstanceLocation().equals(union.getInstanceLocation())
              && Set.of("type", "enum").contains(error.getKeyword());
    }

    private List<String> values(List<Error> errors, String keyword) {
      return errors.stream()
          .filter(error -> error.getKeyword().equals(keyword))
          .flatMap(
              error -> {
                JsonNode rule = ruleOf(error);
                return rule.isArray()
                    ? StreamSupport.stream(rule.spliterator(), false)
                    : Stream.of(rule);
              })
          .map(JsonNode::asText)
          .distinct()
          .toList();
    }

    private String wanted(List<Error> within, Error union) {
      List<String> words = new ArrayList<>(values(within, "enum"));
      within.stream()
          .filter(error -> error.getKeyword().equals("type"))
          .filter(error -> error.getInstanceLocation().equals(union.getInstanceLocation()))
          .forEach(error -> words.add(type(ruleOf(error))));
      return String.join(" or ", words);
    }

    private Optional<Problem> problem(Error error) {
      KeyPath key = keyOf(error);
      return switch (error.getKeyword()) {
        case "additionalProperties" ->
            Optional.of(unknownKey(error, key.child(error.getProperty())));
        case "propertyNames" ->
            Optional.of(
                new Problem(
                    document.whereKey(key.child(error.getProperty())),
                    key.child(error.getProperty()),
                    "does not go with this task; "
                        + quoted(ruleOf(error).path("enum"))
                        + (ruleOf(error).path("enum").size() == 1 ? " does." : " do.")));
        case "required" ->
            Optional.of(
                document.problem(
                    key.child(error.getProperty()), "is missing" + meaningOfMissing(error)));
        case "false", "not" -> Optional.of(misplaced(error, key));
        case "const" -> Optional.of(problem(error, "must be " + ruleOf(error) + "."));
        case "enum" ->
            Optional.of(problem(error, mustBeOneOf(values(List.of(error), "enum"), error)));
        case "type" ->
            Optional.of(
                problem(error, "must be " + type(ruleOf(error)) + ", not " + shown(error) + "."));
        case "pattern" ->
            Optional.of(problem(error, shown(error) + " does not fit" + meaning(error)));
        case "minimum" ->
            Optional.of(
                problem(
                    error,
                    "must be at least " + ruleOf(error).asText() + ", not " + shown(error) + "."));
        case "maximum" ->
            Optional.of(
                problem(
                    error,
                    "must be at most " + ruleOf(error).asText() + ", not " + shown(error) + "."));
        case "exclusiveMinimum" ->
            Optional.of(
                problem(
                    error,
                    "must be more than " + ruleOf(error).asText() + ", not " + shown(error) + "."));
        case "exclusiveMaximum" ->
            Optional.of(
                problem(
                    error,
                    "must be less than " + ruleOf(error).asText() + ", not " + shown(error) + "."));
        case "minLength", "minItems", "minProperties" ->
            Optional.of(
                problem(
                    error,
                    "must not be "
                        + (ruleOf(error).asInt() == 1
                            ? "empty."
                            : "shorter than " + ruleOf(error).asInt() + " entries.")));
        case "maxLength", "maxItems" ->
            Optional.of(problem(error, "must not be longer than " + ruleOf(error).asInt() + "."));
        // These only gather the errors of what is below them.
        case "if", "allOf", "anyOf", "$ref" -> Optional.empty();
        default -> Optional.of(problem(error, error.getMessage() + "."));
      };
    }

    private Problem problem(Error error, String message) {
      return document.problem(keyOf(error), message);
    }

    private Problem unknownKey(Error error, KeyPath key) {
      List<String> known = new ArrayList<>();
      holderOf(error).path("properties").fieldNames().forEachRemaining(known::add);
      String advice =
          Spelling.nearest(key.last(), known)
              .map(near -> "did you mean \"" + near + "\"?")
              .or(() -> elsewhere(key.last()))
              .orElseGet(() -> "known here: " + String.join(", ", known) + ".");
      return new Problem(document.whereKey(key), key, "unknown key; " + advice);
    }

    /** Where a key is known that was written in a wrong place. */
    private Optional<String> elsewhere(String key) {
      Set<String> sections = new LinkedHashSet<>();
      schema
          .path("properties")
          .properties()
          .forEach(
              section -> {
                if (section.getValue().path("properties").has(key)) {
                  sections.add(section.getKey() + "." + key);
                }
              });
      return sections.isEmpty()
          ? Optional.empty()
          : Optional.of("did you mean " + String.join(" or ", sections) + "?");
    }

    /** A key that the value of another one rules out. */
    private Problem misplaced(Error error, KeyPath key) {
      List<String> rule = elements(error.getSchemaLocation().getFragment());
      int branch = Math.max(rule.lastIndexOf("then"), rule.lastIndexOf("else"));
      String message = "does not go here.";
      if (branch >= 0) {
        JsonNode condition = at(rule.subList(0, branch)).path("if").path("properties");
        Map.Entry<String, JsonNode> said = condition.properties().iterator().next();
        String when = said.getKey() + ": " + said.getValue().path("const").asText();
        message =
            rule.get(branch).equals("then")
                ? "does not go with " + when + "."
                : "goes with " + when + " only.";
      }
      return new Problem(document.whereKey(key), key, message);
    }

    private String mustBeOneOf(List<String> words, Error error) {
      String said = error.getInstanceNode() == null ? "" : error.getInstanceNode().asText();
      return "must be "
          + (words.size() == 1 ? "" : "one of ")
          + String.join(", ", words)
          + ", not "
          + shown(error)
          + "."
          + Spelling.nearest(said, words).map(near -> " Did you mean \"" + near + "\"?").orElse("");
    }

    private String shown(Error error) {
      JsonNode value = error.getInstanceNode();
      if (value == null || value.isContainerNode()) {
        return value == null || value.isArray() ? "a list" : "keys with values";
      }
      return value.isNull() ? "empty" : value.toString();
    }

    /** What the schema says of the value that an error is about. */
    private String meaning(Error error) {
      return sentence(holderOf(error));
    }

    /** What the schema says of the key that is missing; the rule may stand deeper than the key. */
    private String meaningOfMissing(Error error) {
      List<String> rule = elements(error.getSchemaLocation().getFragment());
      for (int end = rule.size() - 1; end >= 0; end--) {
        JsonNode key = at(rule.subList(0, end)).path("properties").path(error.getProperty());
        if (key.isObject()) {
          return sentence(key);
        }
      }
      return ".";
    }

    private String sentence(JsonNode described) {
      JsonNode node = described;
      if (!node.has("description") && node.has("$ref")) {
        node = at(List.of(node.path("$ref").asText().replaceFirst("^#/", "").split("/")));
      }
      return node.has("description") ? ". " + node.path("description").asText() : ".";
    }
  }

  private static KeyPath keyOf(Error error) {
    return new KeyPath(elements(error.getInstanceLocation()));
  }

  private static List<String> elements(NodePath path) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < path.getNameCount(); i++) {
      elements.add(path.getElement(i).toString());
    }
    return elements;
  }

  /** What the violated keyword of the schema says. */
  private JsonNode ruleOf(Error error) {
    return at(elements(error.getSchemaLocation().getFragment()));
  }

  /** The part of the schema that has the violated keyword. */
  private JsonNode holderOf(Error error) {
    List<String> rule = elements(error.getSchemaLocation().getFragment());
    return at(rule.subList(0, rule.size() - 1));
  }

  private JsonNode at(List<String> path) {
    JsonNode node = schema;
    for (String part : path) {
      node = node.isArray() ? node.path(Integer.parseInt(part)) : node.path(part);
    }
    return node;
  }

  private static String type(JsonNode rule) {
    if (rule.isArray()) {
      return StreamSupport.stream(rule.spliterator(), false)
          .map(SchemaCheck::type)
          .collect(Collectors.joining(" or "));
    }
    return switch (rule.asText()) {
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "string" -> "a text";
      case "boolean" -> "true or false";
      case "array" -> "a list";
      case "object" -> "keys with values";
      default -> rule.asText();
    };
  }

  private static String quoted(JsonNode words) {
    return StreamSupport.stream(words.spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.joining(", "));
  }
}
