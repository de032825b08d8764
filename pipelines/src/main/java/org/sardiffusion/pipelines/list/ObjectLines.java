package org.sardiffusion.pipelines.list;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.geo.TableException;
import org.sardiffusion.geo.table.JsonLine;
import org.sardiffusion.geo.table.ListFile;

/** One JSON object a line. */
final class ObjectLines {
  private ObjectLines() {}

  static void read(ListFile file, PromptList.Collector collector) {
    for (JsonLine line : JsonLine.read(file)) {
      String prompt = "";
      try {
        ObjectNode object = line.object();
        prompt = object.path(ImageColumns.PROMPT).asText();
        collector.add(line(line.number(), object, collector.choice()));
      } catch (TableException e) {
        collector.reject(new RejectedLine(line.number(), prompt, e.problem()));
      } catch (PromptListException e) {
        collector.reject(new RejectedLine(line.number(), prompt, e.getMessage()));
      }
    }
  }

  private static PromptLine line(int number, ObjectNode object, ColumnChoice choice) {
    List<String> keys = object.properties().stream().map(Map.Entry::getKey).toList();
    choice.requireKnown(keys, "It");
    Map<String, List<String>> options = new LinkedHashMap<>();
    Optional<Combination> combination = Optional.empty();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = ImageColumns.canonical(field.getKey());
      if (!choice.reads(name)) {
        continue;
      }
      if (name.equals(ColumnChoice.COMBINE)) {
        combination = Optional.of(Combination.parse(field.getValue().asText()));
      } else if (options.put(name, values(field.getKey(), field.getValue())) != null) {
        throw new PromptListException("Two of its keys mean \"" + name + "\".");
      }
    }
    return new PromptLine(number, options, combination);
  }

  private static List<String> values(String name, JsonNode value) {
    if (!value.isArray()) {
      return List.of(scalar(name, value));
    }
    if (value.isEmpty()) {
      throw new PromptListException("\"" + name + "\" is an empty array.");
    }
    List<String> values = new ArrayList<>();
    value.forEach(element -> values.add(scalar(name, element)));
    return values;
  }

  private static String scalar(String name, JsonNode value) {
    if (!value.isValueNode() || value.isNull()) {
      throw new PromptListException(
          "\"" + name + "\" must be a text, a number, or an array of those.");
    }
    return value.asText();
  }
}
