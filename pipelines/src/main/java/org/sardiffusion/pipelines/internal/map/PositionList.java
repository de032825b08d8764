package org.sardiffusion.pipelines.internal.map;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardiffusion.geo.table.JsonLine;
import org.sardiffusion.geo.table.ListFile;
import org.sardiffusion.geo.table.Table;
import org.sardiffusion.pipelines.scene.SceneFrame;

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
  private static final String WANTED =
      "a list of prompts with x, y, width and height (.csv, .jsonl or .parquet)";
  private static final String PROMPT = "prompt";
  private static final String METRES = "_m";
  private static final List<String> EXTENTS = List.of("x", "y", "width", "height");

  @Override
  public void draw(RegionCanvas canvas) {
    ListFile list = MapFile.of(file, WANTED);
    List<Row> rows =
        switch (list.ending()) {
          case "csv", "tsv", "parquet" -> table(list, canvas);
          case "jsonl", "ndjson" -> JsonLine.read(list).stream().map(this::row).toList();
          default ->
              throw new PromptMapException(
                  file
                      + ": the ending of a list of positions says how to read it: use .csv, .jsonl"
                      + " or .parquet.");
        };
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

  private List<Row> table(ListFile list, RegionCanvas canvas) {
    Table table = Table.read(list);
    table.notes().forEach(canvas::warn);
    Map<String, String> names = new LinkedHashMap<>();
    for (String column : table.columns()) {
      String name = column.toLowerCase(Locale.ROOT);
      checkName(table.header(), name);
      if (names.containsValue(name)) {
        throw new PromptMapException(table.header() + ": two columns are named \"" + name + "\".");
      }
      names.put(column, name);
    }
    if (!names.isEmpty() && !names.containsValue(PROMPT)) {
      throw new PromptMapException(
          table.header()
              + ": the first line must name the columns, and one of them must be \"prompt\".");
    }
    return table.rows(names.keySet()).stream()
        .map(row -> row.orThrow(file))
        .map(
            row -> {
              Map<String, String> values = new LinkedHashMap<>();
              row.cells().forEach((column, text) -> values.put(names.get(column), text));
              return new Row(row.line(), values);
            })
        .toList();
  }

  private static void checkName(String where, String name) {
    String quantity =
        name.endsWith(METRES) ? name.substring(0, name.length() - METRES.length()) : name;
    if (!EXTENTS.contains(quantity) && !name.equals(PROMPT)) {
      throw new PromptMapException(
          where
              + ": \""
              + name
              + "\" is not known: there are prompt, x, y, width and height (pixels), and x_m, y_m,"
              + " width_m and height_m (metres).");
    }
  }

  private Row row(JsonLine line) {
    Map<String, String> values = new LinkedHashMap<>();
    line.object()
        .properties()
        .forEach(
            field -> {
              checkName(file + ", line " + line.number(), field.getKey());
              values.put(field.getKey(), field.getValue().asText());
            });
    return new Row(line.number(), values);
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
        file,
        row.line,
        name + " is \"" + text + "\", which is not a number (write decimals with a point).");
  }
}
