package org.sardiffusion.training.internal.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.training.configuration.ConfigurationException;
import org.sardiffusion.training.configuration.KeyPath;
import org.sardiffusion.training.configuration.Problem;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A YAML text as JSON, and the node of every value.
 *
 * @param json the values
 * @param places where each stands
 */
public record YamlTree(JsonNode json, Map<KeyPath, Place> places) {
  /** No configuration is this large; nested aliases of a hostile one would be. */
  private static final int MOST_VALUES = 10_000;

  /**
   * Where a value stands.
   *
   * @param key its key, or the value itself where it has none
   * @param value the value
   */
  public record Place(Node key, Node value) {}

  /**
   * Reads a text.
   *
   * @throws ConfigurationException if it is no YAML, or holds what JSON can't
   */
  public static YamlTree read(String name, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMergeOnCompose(true);
    Node root;
    try {
      root = new Yaml(options).compose(new java.io.StringReader(text));
    } catch (MarkedYAMLException e) {
      String what = e.getProblem() + (e.getContext() == null ? "" : " (" + e.getContext() + ")");
      throw refused(name, where(name, e.getProblemMark()), "not valid YAML: " + what);
    } catch (YAMLException e) {
      throw refused(name, name, "not valid YAML: " + e.getMessage());
    }
    if (root == null) {
      throw refused(name, name, "is empty.");
    }
    Reader reader = new Reader(name, options);
    JsonNode json = reader.value(root, new Place(root, root), KeyPath.ROOT);
    if (!reader.problems.isEmpty()) {
      throw new ConfigurationException(name, reader.problems);
    }
    return new YamlTree(json, reader.places);
  }

  /** {@code NAME:LINE:COLUMN}, counted from 1. */
  public static String where(String name, Mark mark) {
    return name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  private static ConfigurationException refused(String name, String where, String message) {
    return new ConfigurationException(name, List.of(new Problem(where, KeyPath.ROOT, message)));
  }

  /** Turns nodes into values as PyYAML's safe loader does, which the trainer reads with. */
  private static final class Reader extends SafeConstructor {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final String name;
    private final Map<KeyPath, Place> places = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Deque<Node> above = new ArrayDeque<>();

    Reader(String name, LoaderOptions options) {
      super(options);
      this.name = name;
    }

    JsonNode value(Node node, Place place, KeyPath path) {
      if (places.size() >= MOST_VALUES) {
        throw refused(name, where(name, node.getStartMark()), "holds too many values.");
      }
      if (above.stream().anyMatch(one -> one == node)) {
        throw refused(name, where(name, node.getStartMark()), "contains itself.");
      }
      places.put(path, place);
      above.push(node);
      try {
        if (node instanceof MappingNode mapping) {
          return object(mapping, path);
        }
        if (node instanceof SequenceNode sequence) {
          return array(sequence, path);
        }
        return scalar((ScalarNode) node, path);
      } finally {
        above.pop();
      }
    }

    private ObjectNode object(MappingNode mapping, KeyPath path) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (NodeTuple entry : mapping.getValue()) {
        Node key = entry.getKeyNode();
        if (!(key instanceof ScalarNode scalar) || !(constructObject(key) instanceof String)) {
          report(key, path, "a key must be text; put it in quotes.");
        } else if (object.has(scalar.getValue())) {
          report(key, path.child(scalar.getValue()), "stands there twice.");
        } else {
          KeyPath below = path.child(scalar.getValue());
          Node value = entry.getValueNode();
          object.set(scalar.getValue(), value(value, new Place(key, value), below));
        }
      }
      return object;
    }

    private ArrayNode array(SequenceNode sequence, KeyPath path) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (Node entry : sequence.getValue()) {
        KeyPath below = path.child(Integer.toString(array.size()));
        array.add(value(entry, new Place(entry, entry), below));
      }
      return array;
    }

    private JsonNode scalar(ScalarNode node, KeyPath path) {
      Object value;
      try {
        value = constructObject(node);
      } catch (YAMLException e) {
        report(node, path, "\"" + node.getValue() + "\" can't be read: " + e.getMessage());
        return JsonNodeFactory.instance.nullNode();
      }
      if (value instanceof Double number && !Double.isFinite(number)) {
        report(node, path, node.getValue() + " is not a finite number.");
      } else if (!(value == null
          || value instanceof Boolean
          || value instanceof Number
          || value instanceof String)) {
        report(node, path, "\"" + node.getValue() + "\" reads as a date; put it in quotes.");
      } else {
        return MAPPER.valueToTree(value);
      }
      return JsonNodeFactory.instance.nullNode();
    }

    private void report(Node node, KeyPath path, String message) {
      problems.add(new Problem(where(name, node.getStartMark()), path, message));
    }
  }
}
