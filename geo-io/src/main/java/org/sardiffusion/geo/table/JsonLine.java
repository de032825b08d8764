package org.sardiffusion.geo.table;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.geo.TableException;

/**
 * A line of JSON lines that is not blank.
 *
 * @param file that holds it
 * @param number of the line, from 1
 * @param text as it is written
 */
public record JsonLine(Path file, int number, String text) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Python writes NaN where a table has nothing.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  /**
   * The lines of a file.
   *
   * @throws TableException if it can't be read or is not text
   */
  public static List<JsonLine> read(ListFile file) {
    List<JsonLine> lines = new ArrayList<>();
    int number = 0;
    for (String line : (Iterable<String>) file.text().lines()::iterator) {
      number++;
      if (!line.isBlank()) {
        lines.add(new JsonLine(file.path(), number, line));
      }
    }
    return lines;
  }

  /**
   * The object that the line holds, without what is null or not a number.
   *
   * @throws TableException if it holds something else, or something more
   */
  public ObjectNode object() {
    try (JsonParser parser = JSON.createParser(text)) {
      JsonNode json = JSON.readTree(parser);
      if (!(json instanceof ObjectNode object)) {
        throw wrong("it is not a JSON object such as {\"prompt\": \"...\"}");
      }
      requireEnd(parser);
      object
          .properties()
          .removeIf(field -> field.getValue().isNull() || isNotANumber(field.getValue()));
      return object;
    } catch (JsonProcessingException e) {
      throw wrong("it is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("A text is always readable.", e);
    }
  }

  private static boolean isNotANumber(JsonNode value) {
    return value.isDouble() && Double.isNaN(value.asDouble());
  }

  private void requireEnd(JsonParser parser) throws IOException {
    try {
      if (parser.nextToken() == null) {
        return;
      }
    } catch (JsonProcessingException e) {
      // What follows is no JSON either; the same is said of it.
    }
    throw wrong("something follows its JSON object: write one object on each line");
  }

  private TableException wrong(String problem) {
    return TableException.at(file, number, problem + ".");
  }
}
