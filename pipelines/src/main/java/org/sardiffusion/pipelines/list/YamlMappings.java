package org.sardiffusion.pipelines.list;

import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The mappings of a YAML document, each read once.
 *
 * <p>A key {@code <<} takes over what other mappings have, as long as its own keys and the mappings
 * before say nothing else (yaml.org/type/merge.html).
 */
final class YamlMappings {
  private static final String MERGE = "<<";

  private final Path source;
  private final Map<Node, Map<String, NodeTuple>> read = new IdentityHashMap<>();

  YamlMappings(Path source) {
    this.source = source;
  }

  /**
   * The keys of a mapping with their nodes.
   *
   * @throws PromptListException if the node is something else, or a key is there twice
   */
  Map<String, NodeTuple> of(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "names with values are expected, such as \"prompt: a forest\"");
    }
    Map<String, NodeTuple> known = read.get(node);
    if (known != null) {
      return known;
    }
    // For a mapping that merges itself.
    read.put(node, Map.of());
    Map<String, NodeTuple> entries = entries(mapping);
    read.put(node, entries);
    return entries;
  }

  private Map<String, NodeTuple> entries(MappingNode mapping) {
    Map<String, NodeTuple> own = new LinkedHashMap<>();
    Map<String, NodeTuple> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = scalar(tuple.getKeyNode());
      if (key.equals(MERGE)) {
        merged(tuple.getValueNode()).forEach(other -> of(other).forEach(merged::putIfAbsent));
      } else if (own.put(key, tuple) != null) {
        throw wrong(tuple.getKeyNode(), "\"" + key + "\" stands there twice");
      }
    }
    merged.putAll(own);
    return merged;
  }

  private static List<Node> merged(Node node) {
    return node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
  }

  /**
   * A text or number as it is written.
   *
   * @throws PromptListException if the node is something else
   */
  String scalar(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(node, "a text or a number is expected");
  }

  /** The line of a node, from 1. */
  static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  PromptListException wrong(Node node, String what) {
    return new PromptListException(source + ", line " + line(node) + ": " + what + ".");
  }
}
