package org.sardiffusion.pipelines.list;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.sardiffusion.core.io.Sha256;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Prompt lists as templates, in YAML.
 *
 * <pre>{@code
 * defaults: {steps: 20}
 * wildcards:
 *   terrain: [forest, field]
 *   season: seasons.txt
 * entries:
 *   - prompt: "A <SAR> image of a {dense|sparse} __terrain__ in __season__"
 *     label: __terrain__
 *     guidance: [3, 5]
 *   - prompt: "A <SAR> image of a {port|city|{small|large} village}"
 *     label: settlement
 *     choose: random
 *     count: 40
 * quotas: {forest: 100, field: 100}
 * }</pre>
 *
 * <p>{@code choose: all}, the default, takes every combination of an entry's choices, {@code count}
 * images of each; {@code random} draws {@code count} of them. A wildcard has one value in a line,
 * so that a label can follow the prompt. A quota is a number of images: they are shared out evenly
 * among the lines of its label.
 */
final class Templates {
  private static final int MOST_LINES = 100_000;
  private static final String COUNT = "count";
  private static final String CHOOSE = "choose";
  private static final String COMBINE = "combine";

  private final Path source;
  private final Map<String, List<String>> defaults = new LinkedHashMap<>();
  private final Map<String, List<Template>> wildcards = new LinkedHashMap<>();
  private final Map<String, Integer> quotas = new LinkedHashMap<>();
  private final List<PromptLine> lines = new ArrayList<>();

  private Templates(Path source) {
    this.source = source;
  }

  static void read(Path source, String text, PromptList.Collector collector) {
    Templates templates = new Templates(source);
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Math.toIntExact(PromptList.LARGEST_BYTES));
    try {
      Node root = new Yaml(options).compose(new StringReader(text));
      if (root == null) {
        return;
      }
      templates.read(root, collector);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new PromptListException(
          source + ", line " + line + ": it is not YAML: " + e.getProblem() + ".", e);
    } catch (YAMLException e) {
      throw new PromptListException(source + " is not YAML: " + e.getMessage() + ".", e);
    }
  }

  private void read(Node root, PromptList.Collector collector) {
    Map<String, Node> parts = mapping(root);
    for (String name : parts.keySet()) {
      if (!List.of("defaults", "wildcards", "entries", "quotas").contains(name)) {
        throw wrong(
            parts.get(name),
            "\"" + name + "\" is not known: there are defaults, wildcards, entries and quotas");
      }
    }
    if (!parts.containsKey("entries")) {
      throw wrong(root, "a list of templates needs \"entries\"");
    }
    if (parts.containsKey("defaults")) {
      mapping(parts.get("defaults")).forEach((name, node) -> option(defaults, name, node));
    }
    if (parts.containsKey("wildcards")) {
      mapping(parts.get("wildcards")).forEach((name, node) -> wildcards.put(name, values(node)));
    }
    if (parts.containsKey("quotas")) {
      mapping(parts.get("quotas")).forEach((label, node) -> quotas.put(label, count(node)));
    }
    if (!(parts.get("entries") instanceof SequenceNode entries)) {
      throw wrong(parts.get("entries"), "\"entries\" must be a list: begin each with a dash");
    }
    for (Node entry : entries.getValue()) {
      try {
        entry(entry);
      } catch (PromptListException e) {
        collector.reject(new RejectedLine(line(entry), prompt(entry), e.getMessage()));
      }
      if (lines.size() > MOST_LINES) {
        throw new PromptListException(
            source + ", line " + line(entry) + ": more than " + MOST_LINES + " combinations.");
      }
    }
    fillQuotas().forEach(collector::add);
  }

  private static String prompt(Node entry) {
    if (entry instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key
            && key.getValue().equals(ImageColumns.PROMPT)
            && tuple.getValueNode() instanceof ScalarNode value) {
          return value.getValue();
        }
      }
    }
    return "";
  }

  private void entry(Node node) {
    Map<String, List<String>> options = new LinkedHashMap<>(defaults);
    Optional<Combination> combination = Optional.empty();
    String choose = "all";
    for (Map.Entry<String, Node> field : mapping(node).entrySet()) {
      switch (field.getKey()) {
        case CHOOSE -> choose = scalar(field.getValue());
        case COMBINE -> combination = Optional.of(Combination.parse(scalar(field.getValue())));
        default -> option(options, field.getKey(), field.getValue());
      }
    }
    Map<String, Template> texts = new LinkedHashMap<>();
    options.forEach(
        (name, values) -> {
          if (ImageColumns.isText(name)) {
            texts.put(name, choice(values));
          }
        });
    if (!texts.containsKey(ImageColumns.PROMPT)) {
      throw new PromptListException("It has no prompt.");
    }
    Function<Template.Chooser, Map<String, String>> taken =
        chooser -> {
          Map<String, String> line = new LinkedHashMap<>();
          texts.forEach((name, template) -> line.put(name, template.text(chooser).strip()));
          return line;
        };
    Combinations combinations = new Combinations(wildcards);
    List<Map<String, String>> all =
        switch (choose) {
          case "all" -> combinations.all(taken, MOST_LINES);
          case "random" -> draw(combinations, taken, options);
          default ->
              throw new PromptListException("\"choose\" is all or random, not \"" + choose + "\".");
        };
    Combination how = combination.orElse(Combination.PRODUCT);
    for (Map<String, String> text : all) {
      Map<String, List<String>> line = new LinkedHashMap<>(options);
      text.forEach((name, value) -> line.put(name, List.of(value)));
      if (Grid.size(line, how) > MOST_LINES) {
        throw new PromptListException(
            "Its options have more than " + MOST_LINES + " combinations.");
      }
      for (Map<String, String> single : Grid.combinations(line, how)) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        single.forEach((name, value) -> values.put(name, List.of(value)));
        lines.add(new PromptLine(line(node), values, Optional.empty()));
      }
    }
  }

  /** The draws of an entry, which has one image of each then. */
  private static List<Map<String, String>> draw(
      Combinations combinations,
      Function<Template.Chooser, Map<String, String>> taken,
      Map<String, List<String>> options) {
    List<String> count = options.getOrDefault(COUNT, List.of("1"));
    int draws;
    try {
      draws = Integer.parseInt(count.get(0));
    } catch (NumberFormatException e) {
      throw new PromptListException("\"" + count.get(0) + "\" is not a whole number.");
    }
    if (count.size() != 1 || draws < 1 || draws > MOST_LINES) {
      throw new PromptListException("Its count must be one number from 1 to " + MOST_LINES + ".");
    }
    options.put(COUNT, List.of("1"));
    // From the template alone: other entries may come and go.
    String template = String.valueOf(options.get(ImageColumns.PROMPT));
    List<Map<String, String>> drawn = new ArrayList<>();
    for (int k = 0; k < draws; k++) {
      byte[] hash = Sha256.of((template + "\n" + k).getBytes(StandardCharsets.UTF_8));
      drawn.add(combinations.draw(taken, ByteBuffer.wrap(hash).getLong()));
    }
    return drawn;
  }

  /** The lines, those of labels with a quota as often as it says. */
  private List<PromptLine> fillQuotas() {
    Map<String, Integer> found = new LinkedHashMap<>();
    lines.forEach(line -> found.merge(label(line), 1, Integer::sum));
    quotas.forEach(
        (label, quota) -> {
          if (!found.containsKey(label)) {
            throw new PromptListException(
                source + ": there is a quota for \"" + label + "\", but no entry of that label.");
          }
        });
    Map<String, Integer> seen = new LinkedHashMap<>();
    List<PromptLine> filled = new ArrayList<>();
    for (PromptLine line : lines) {
      Integer quota = quotas.get(label(line));
      if (quota == null) {
        filled.add(line);
        continue;
      }
      int of = found.get(label(line));
      int index = seen.merge(label(line), 1, Integer::sum) - 1;
      int count = quota / of + (index < quota % of ? 1 : 0);
      if (count > 0) {
        Map<String, List<String>> options = new LinkedHashMap<>(line.options());
        options.put(COUNT, List.of(String.valueOf(count)));
        filled.add(new PromptLine(line.number(), options, Optional.empty()));
      }
    }
    return filled;
  }

  private static String label(PromptLine line) {
    return line.options().getOrDefault("label", List.of("")).get(0);
  }

  private List<Template> values(Node node) {
    List<String> values;
    if (node instanceof SequenceNode) {
      values = scalars(node);
    } else {
      // A wildcard file lies beside the list, whatever folder the command runs in.
      Path file = source.resolveSibling(scalar(node));
      values =
          PromptList.text(file)
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .toList();
    }
    if (values.isEmpty()) {
      throw wrong(node, "a wildcard needs values");
    }
    return values.stream().map(Template::parse).toList();
  }

  private static Template choice(List<String> values) {
    List<Template> templates = values.stream().map(Template::parse).toList();
    return templates.size() == 1 ? templates.get(0) : new Template.Choice(templates);
  }

  private void option(Map<String, List<String>> options, String name, Node node) {
    String canonical = ImageColumns.canonical(name);
    ImageColumns.requireKnown(canonical, "It");
    List<String> values = scalars(node);
    if (values.isEmpty()) {
      throw wrong(node, "\"" + name + "\" has no value");
    }
    options.put(canonical, values);
  }

  private int count(Node node) {
    try {
      int count = Integer.parseInt(scalar(node));
      if (count >= 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below, with the right form.
    }
    throw wrong(node, "\"" + scalar(node) + "\" is not a number of images");
  }

  private Map<String, Node> mapping(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "names with values are expected, such as \"prompt: a forest\"");
    }
    Map<String, Node> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = scalar(tuple.getKeyNode());
      if (entries.put(key, tuple.getValueNode()) != null) {
        throw wrong(tuple.getKeyNode(), "\"" + key + "\" stands there twice");
      }
    }
    return entries;
  }

  private List<String> scalars(Node node) {
    return node instanceof SequenceNode sequence
        ? sequence.getValue().stream().map(this::scalar).toList()
        : List.of(scalar(node));
  }

  private String scalar(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(node, "a text or a number is expected");
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private PromptListException wrong(Node node, String what) {
    return new PromptListException(source + ", line " + line(node) + ": " + what + ".");
  }
}
