package org.sardiffusion.pipelines.list;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One JSON object a line. */
final class JsonLines {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String COMBINE = "combine";

  private JsonLines() {}

  static void read(Path source, String text, PromptList.Collector collector) {
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      String prompt = "";
      try {
        JsonNode json = MAPPER.readTree(line);
        prompt = json.path(ImageColumns.PROMPT).asText();
        collector.add(line(number, json));
      } catch (JsonProcessingException e) {
        collector.reject(
            new RejectedLine(number, prompt, "It is not JSON: " + e.getOriginalMessage() + "."));
      } catch (PromptListException e) {
        collector.reject(new RejectedLine(number, prompt, e.getMessage()));
      }
    }
  }

  private static PromptLine line(int number, JsonNode json) {
    if (!json.isObject()) {
      throw new PromptListException("It is not a JSON object: write {\"prompt\": \"...\"}.");
    }
    Map<String, List<String>> options = new LinkedHashMap<>();
    Optional<Combination> combination = Optional.empty();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String name = ImageColumns.canonical(field.getKey());
      if (name.equals(COMBINE)) {
        combination = Optional.of(Combination.parse(field.getValue().asText()));
        continue;
      }
      ImageColumns.requireKnown(name, "It");
      if (!field.getValue().isNull()) {
        options.put(name, values(field.getKey(), field.getValue()));
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
