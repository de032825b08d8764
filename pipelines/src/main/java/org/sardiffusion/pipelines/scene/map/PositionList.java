package org.sardiffusion.pipelines.scene.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A list of rectangles: {@code .csv} or {@code .tsv} whose first line names the columns, or {@code
 * .jsonl} with one object a line.
 *
 * <p>A row has a {@code prompt}, and says where it holds: {@code x}, {@code y}, {@code width} and
 * {@code height} in pixels of the scene from its upper left corner, or {@code x_m}, {@code y_m},
 * {@code width_m}, {@code height_m} in metres. What a row leaves out reaches to the border of the
 * scene, and later rows lie over earlier ones: rows with nothing but x, ascending, say from where
 * on along the scene each prompt holds.
 *
 * @param file the list
 */
public record PositionList(Path file) implements RegionSource {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WANTED =
      "a list of prompts with x, y, width and height (.csv or .jsonl)";
  private static final String PROMPT = "prompt";
  private static final String METRES = "_m";
  private static final List<String> EXTENTS = List.of("x", "y", "width", "height");

  @Override
  public void draw(RegionCanvas canvas) {
    MapFile.check(file, WANTED);
    List<Row> rows;
    try {
      rows =
          switch (MapFile.ending(file)) {
            case "csv", "tsv" -> table();
            case "jsonl", "ndjson" -> jsonLines();
            default ->
                throw new PromptMapException(
                    file
                        + ": the ending of a list of positions says how to read it: use .csv or"
                        + " .jsonl.");
          };
    } catch (IOException e) {
      throw MapFile.unreadable(file, e);
    }
    if (rows.isEmpty()) {
      throw new PromptMapException(file + " holds no prompt: it should be " + WANTED + ".");
    }
    rows.forEach(row -> draw(row, canvas));
  }

  /**
   * A row as it is written.
   *
   * @param line from 1
   * @param values by their names
   */
  private record Row(int line, Map<String, String> values) {}

  private List<Row> table() throws IOException {
    List<CsvRow> table = CsvRow.read(file);
    if (table.isEmpty()) {
      return List.of();
    }
    List<String> names = header(table.get(0));
    return table.stream().skip(1).map(fields -> row(names, fields)).toList();
  }

  private List<String> header(CsvRow row) {
    List<String> names = new ArrayList<>();
    for (String field : row.fields()) {
      String name = field.toLowerCase(Locale.ROOT);
      if (names.contains(name)) {
        throw PromptMapException.at(file, row.line(), "two columns are named \"" + name + "\".");
      }
      checkName(row.line(), name);
      names.add(name);
    }
    if (!names.contains(PROMPT)) {
      throw PromptMapException.at(
          file,
          row.line(),
          "the first line must name the columns, and one of them must be \"prompt\".");
    }
    return names;
  }

  private void checkName(int line, String name) {
    String quantity =
        name.endsWith(METRES) ? name.substring(0, name.length() - METRES.length()) : name;
    if (!EXTENTS.contains(quantity) && !name.equals(PROMPT)) {
      throw PromptMapException.at(
          file,
          line,
          "\""
              + name
              + "\" is not known: there are prompt, x, y, width and height (pixels), and x_m, y_m,"
              + " width_m and height_m (metres).");
    }
  }

  private Row row(List<String> names, CsvRow row) {
    List<String> fields = row.fields();
    if (fields.size() > names.size()) {
      throw PromptMapException.at(
          file,
          row.line(),
          "there are "
              + fields.size()
              + " fields, but "
              + names.size()
              + " columns: put quotes around a prompt that holds the separator.");
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      if (!fields.get(i).isEmpty()) {
        values.put(names.get(i), fields.get(i));
      }
    }
    return new Row(row.line(), values);
  }

  private List<Row> jsonLines() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          rows.add(row(number, line));
        }
      }
    }
    return rows;
  }

  private Row row(int number, String line) {
    Map<String, String> values = new LinkedHashMap<>();
    try {
      JsonNode json = JSON.readTree(line);
      if (!json.isObject()) {
        throw PromptMapException.at(
            file, number, "it is no JSON object such as {\"prompt\": ...}.");
      }
      json.properties()
          .forEach(
              field -> {
                checkName(number, field.getKey());
                if (!field.getValue().isNull()) {
                  values.put(field.getKey(), field.getValue().asText());
                }
              });
    } catch (JsonProcessingException e) {
      throw PromptMapException.at(file, number, "it is not JSON: " + e.getOriginalMessage() + ".");
    }
    return new Row(number, values);
  }

  private void draw(Row row, RegionCanvas canvas) {
    String prompt = row.values.getOrDefault(PROMPT, "");
    if (prompt.isBlank()) {
      throw PromptMapException.at(file, row.line, "the row has no prompt.");
    }
    SceneFrame frame = canvas.frame();
    double left = pixels(row, "x", 0, frame);
    double top = pixels(row, "y", 0, frame);
    double right = left + size(row, "width", frame.columns() * frame.factor() - left, frame);
    double bottom = top + size(row, "height", frame.rows() * frame.factor() - top, frame);
    double[] corners = {left, top, right, top, right, bottom, left, bottom};
    for (int i = 0; i < corners.length; i++) {
      corners[i] /= frame.factor();
    }
    if (canvas.fill(prompt, List.of(corners)) == 0) {
      canvas.warn(
          "%s, line %d: the rectangle of \"%s\" covers the centre of no latent pixel of the scene."
              .formatted(file, row.line, prompt));
    }
  }

  private double size(Row row, String name, double otherwise, SceneFrame frame) {
    double size = pixels(row, name, otherwise, frame);
    boolean given = row.values.containsKey(name) || row.values.containsKey(name + METRES);
    if (given && !(size > 0)) {
      throw PromptMapException.at(file, row.line, name + " must be above 0.");
    }
    return size;
  }

  private double pixels(Row row, String name, double otherwise, SceneFrame frame) {
    String inPixels = row.values.get(name);
    String inMetres = row.values.get(name + METRES);
    if (inPixels != null && inMetres != null) {
      throw PromptMapException.at(
          file, row.line, "the row has both " + name + " and " + name + METRES + ".");
    }
    if (inMetres != null) {
      return number(row, name + METRES, inMetres) / frame.spacing();
    }
    return inPixels == null ? otherwise : number(row, name, inPixels);
  }

  private double number(Row row, String name, String text) {
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, as for what is a number but infinite.
    }
    throw PromptMapException.at(
        file, row.line, name + " is \"" + text + "\", which is no number (decimals have a point).");
  }
}
