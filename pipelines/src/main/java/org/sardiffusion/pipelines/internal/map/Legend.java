package org.sardiffusion.pipelines.internal.map;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sardiffusion.geo.table.CsvRow;
import org.sardiffusion.geo.table.ListFile;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * The prompts that the numbers of a label raster stand for: {@code .yaml} with a line {@code 3: "A
 * <SAR> image of a forest"} for each, {@code .json} with an object likewise, or {@code .csv} whose
 * lines are number and prompt.
 *
 * @param file where it was read
 * @param prompts by number, at least one
 */
record Legend(Path file, Map<Integer, String> prompts) {
  private static final String WANTED = "a legend (lines such as 3: \"A <SAR> image of a forest\")";

  /** Rasters are read as float32, which holds whole numbers up to here. */
  private static final int LARGEST = 1 << 24;

  Legend {
    prompts = Collections.unmodifiableMap(new TreeMap<>(prompts));
  }

  /**
   * Reads a legend.
   *
   * @throws PromptMapException if the file is no legend; the message names the line
   */
  static Legend read(Path file) {
    ListFile list = MapFile.of(file, WANTED);
    Map<Integer, String> prompts = new TreeMap<>();
    try {
      switch (list.ending()) {
        case "yaml", "yml" -> readYaml(list, prompts);
        case "json" -> readJson(file, prompts);
        case "csv" -> readCsv(list, prompts);
        default ->
            throw new PromptMapException(
                file + ": the ending of a legend says how to read it: use .yaml, .json or .csv.");
      }
    } catch (IOException e) {
      throw MapFile.unreadable(file, e);
    }
    if (prompts.isEmpty()) {
      throw new PromptMapException(file + " has no entries: it should be " + WANTED + ".");
    }
    return new Legend(file, prompts);
  }

  private static void readYaml(ListFile list, Map<Integer, String> prompts) {
    Path file = list.path();
    try {
      Node root = new Yaml(new LoaderOptions()).compose(new StringReader(list.text()));
      if (root == null) {
        return;
      }
      if (!(root instanceof MappingNode mapping)) {
        throw PromptMapException.at(file, line(root), "it should be " + WANTED + ".");
      }
      for (NodeTuple entry : mapping.getValue()) {
        int line = line(entry.getKeyNode());
        if (!(entry.getKeyNode() instanceof ScalarNode key)
            || !(entry.getValueNode() instanceof ScalarNode value)) {
          throw PromptMapException.at(file, line, "it should be a number and a prompt.");
        }
        put(file, line, prompts, key.getValue(), value.getValue());
      }
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw PromptMapException.at(file, line, "it is not YAML: " + e.getProblem() + ".");
    } catch (YAMLException e) {
      throw new PromptMapException(file + " is not YAML: " + e.getMessage() + ".", e);
    }
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static void readJson(Path file, Map<Integer, String> prompts) throws IOException {
    try (JsonParser parser = new ObjectMapper().createParser(file.toFile())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw PromptMapException.at(file, 1, "it should be an object {\"3\": \"prompt\", ...}.");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        int line = parser.currentTokenLocation().getLineNr();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw PromptMapException.at(file, line, "the prompt of \"" + key + "\" is not text.");
        }
        put(file, line, prompts, key, parser.getText());
      }
    } catch (JsonProcessingException e) {
      throw PromptMapException.at(
          file, e.getLocation().getLineNr(), "it is not JSON: " + e.getOriginalMessage() + ".");
    }
  }

  private static void readCsv(ListFile list, Map<Integer, String> prompts) {
    Path file = list.path();
    for (CsvRow row : CsvRow.read(list)) {
      List<String> fields = row.fields();
      if (fields.size() != 2) {
        throw PromptMapException.at(
            file,
            row.line(),
            "there are "
                + fields.size()
                + " fields, not a number and a prompt: put quotes around a prompt that holds the"
                + " separator.");
      }
      boolean header = row.line() == 1 && fields.get(1).equalsIgnoreCase("prompt");
      if (!header) {
        put(file, row.line(), prompts, fields.get(0), fields.get(1));
      }
    }
  }

  private static void put(
      Path file, int line, Map<Integer, String> prompts, String key, String prompt) {
    int number;
    try {
      // Tables write 1.0 for 1 where a column has gaps.
      number = new BigDecimal(key.strip()).intValueExact();
    } catch (NumberFormatException | ArithmeticException e) {
      throw PromptMapException.at(file, line, "\"" + key + "\" is not a whole number.");
    }
    if (Math.abs(number) > LARGEST) {
      throw PromptMapException.at(file, line, "labels reach to " + LARGEST + ", not " + key + ".");
    }
    if (prompt.isBlank()) {
      throw PromptMapException.at(file, line, "the prompt of " + key + " is empty.");
    }
    if (prompts.put(number, prompt.strip()) != null) {
      throw PromptMapException.at(file, line, "label " + key + " has two prompts.");
    }
  }
}
