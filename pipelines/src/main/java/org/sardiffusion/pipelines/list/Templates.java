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
import org.sardiffusion.geo.table.ListFile;
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
  private static final List<String> PARTS = List.of("defaults", "wildcards", "entries", "quotas");
  private static final String COUNT = "count";
  private static final String CHOOSE = "choose";

  private final Path source;
  private final ColumnChoice choice;
  private final YamlMappings mappings;
  private final Map<String, List<String>> defaults = new LinkedHashMap<>();
  private final Map<String, List<Template>> wildcards = new LinkedHashMap<>();
  private final Map<String, Integer> quotas = new LinkedHashMap<>();
  private final List<PromptLine> lines = new ArrayList<>();

  private Templates(Path source, ColumnChoice choice) {
    this.source = source;
    this.choice = choice;
    this.mappings = new YamlMappings(source);
  }

  static void read(ListFile file, PromptList.Collector collector) {
    Path source = file.path();
    Templates templates = new Templates(source, collector.choice());
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(ListFile.LARGEST_BYTES);
    // Entries may all share their options by an alias; none is read more often than it is named.
    options.setMaxAliasesForCollections(MOST_LINES);
    try {
      Node root = new Yaml(options).compose(new StringReader(file.text()));
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
    Map<String, NodeTuple> parts = mappings.of(root);
    parts.forEach(
        (name, part) -> {
          if (!PARTS.contains(name)) {
            throw mappings.wrong(
                part.getKeyNode(),
                "\"" + name + "\" is not known: there are " + String.join(", ", PARTS));
          }
        });
    part(parts, "defaults").forEach((name, node) -> option(defaults, name, node));
    part(parts, "wildcards").forEach((name, node) -> wildcards.put(name, values(node)));
    part(parts, "quotas").forEach((label, node) -> quotas.put(label, count(node)));
    if (!parts.containsKey("entries")) {
      throw mappings.wrong(root, "a list of templates needs \"entries\"");
    }
    if (!(parts.get("entries").getValueNode() instanceof SequenceNode entries)) {
      throw mappings.wrong(
          parts.get("entries").getValueNode(),
          "\"entries\" must be a list: begin each with a dash");
    }
    for (Node entry : entries.getValue()) {
      try {
        entry(entry);
      } catch (PromptListException e) {
        collector.reject(new RejectedLine(YamlMappings.line(entry), prompt(entry), e.getMessage()));
      }
      if (lines.size() > MOST_LINES) {
        throw new PromptListException(
            source
                + ", line "
                + YamlMappings.line(entry)
                + ": more than "
                + MOST_LINES
                + " combinations.");
      }
    }
    fillQuotas().forEach(collector::add);
  }

  /** What a part of the list names; nothing if the list lacks it. */
  private Map<String, Node> part(Map<String, NodeTuple> parts, String name) {
    return parts.containsKey(name) ? fields(parts.get(name).getValueNode()) : Map.of();
  }

  private Map<String, Node> fields(Node node) {
    Map<String, Node> fields = new LinkedHashMap<>();
    mappings.of(node).forEach((name, tuple) -> fields.put(name, tuple.getValueNode()));
    return fields;
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
    for (Map.Entry<String, Node> field : fields(node).entrySet()) {
      switch (field.getKey()) {
        case CHOOSE -> choose = mappings.scalar(field.getValue());
        case ColumnChoice.COMBINE ->
            combination = Optional.of(Combination.parse(mappings.scalar(field.getValue())));
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
        lines.add(new PromptLine(YamlMappings.line(node), values, Optional.empty()));
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
      Path file = source.resolveSibling(mappings.scalar(node));
      values =
          PromptList.file(file)
              .text()
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .toList();
    }
    if (values.isEmpty()) {
      throw mappings.wrong(node, "a wildcard needs values");
    }
    return values.stream().map(Template::parse).toList();
  }

  private static Template choice(List<String> values) {
    List<Template> templates = values.stream().map(Template::parse).toList();
    return templates.size() == 1 ? templates.get(0) : new Template.Choice(templates);
  }

  private void option(Map<String, List<String>> options, String name, Node node) {
    choice.requireKnown(List.of(name), "It");
    if (!choice.reads(name)) {
      return;
    }
    List<String> values = scalars(node);
    if (values.isEmpty()) {
      throw mappings.wrong(node, "\"" + name + "\" has no value");
    }
    options.put(ImageColumns.canonical(name), values);
  }

  private int count(Node node) {
    try {
      int count = Integer.parseInt(mappings.scalar(node));
      if (count >= 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below, with the right form.
    }
    throw mappings.wrong(node, "\"" + mappings.scalar(node) + "\" is not a number of images");
  }

  private List<String> scalars(Node node) {
    return node instanceof SequenceNode sequence
        ? sequence.getValue().stream().map(mappings::scalar).toList()
        : List.of(mappings.scalar(node));
  }
}
