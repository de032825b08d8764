package org.sardiffusion.training.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.geo.table.JsonLine;
import org.sardiffusion.geo.table.ListFile;
import org.sardiffusion.geo.table.Row;
import org.sardiffusion.geo.table.Table;

/**
 * A list of captions: CSV with a header line, Parquet, or JSON lines.
 *
 * <p>Columns or keys: {@code file_name} (also {@code file}, {@code image}, {@code name}): a source
 * file with or without folders and ending, or a patch; {@code caption} (or {@code text}); optional
 * {@code labels} (an array, or names with semicolons between), {@code scene}, {@code spacing}
 * (metres, or two numbers: between columns, between rows) and {@code mask} or {@code
 * inserted_vehicles} (boxes [xmin, ymin, xmax, ymax]). Others are passed over.
 */
public final class CaptionBook {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] NAMES = {"file_name", "file", "image", "name"};
  private static final String[] TEXTS = {"caption", "text"};
  private static final String[] MASKS = {"mask", "inserted_vehicles"};

  private final Map<String, Caption> byName = new HashMap<>();
  private final Map<String, Caption> byLastPart = new HashMap<>();
  private final Set<String> ambiguous = new HashSet<>();

  private CaptionBook() {}

  /** A book without any caption. */
  public static CaptionBook empty() {
    return new CaptionBook();
  }

  /**
   * Reads a list; files that end in {@code .csv}, {@code .tsv} or {@code .parquet} are tables, all
   * others JSON lines.
   *
   * @throws DatasetException if a line says too little; the message names it
   * @throws org.sardiffusion.geo.TableException if the list can't be read; the message names the
   *     line
   */
  public static CaptionBook read(Path path) {
    ListFile file = new ListFile(path, "a list of captions", "Split the images into several sets.");
    CaptionBook book = new CaptionBook();
    switch (file.ending()) {
      case "csv", "tsv", "parquet" -> book.readTable(Table.read(file), path);
      default -> JsonLine.read(file).forEach(line -> book.add(path, line.number(), line.object()));
    }
    return book;
  }

  private void readTable(Table table, Path path) {
    for (Row row : table.rows(Set.copyOf(table.columns()))) {
      ObjectNode entry = JSON.createObjectNode();
      row.orThrow(path).cells().forEach(entry::put);
      add(path, row.line(), entry);
    }
  }

  private void add(Path file, int line, JsonNode entry) {
    String name =
        first(entry, NAMES)
            .map(JsonNode::asText)
            .filter(n -> !n.isBlank())
            .orElseThrow(() -> wrong(file, line, "it has no file_name (or file, image, name)"));
    Caption caption;
    try {
      caption =
          new Caption(
              first(entry, TEXTS).map(n -> n.asText().strip()).filter(t -> !t.isEmpty()),
              labels(entry.path("labels")),
              Optional.of(entry.path("scene")).map(n -> n.asText("")).filter(s -> !s.isBlank()),
              spacing(entry.path("spacing")),
              boxes(first(entry, MASKS).orElse(JSON.createArrayNode())));
    } catch (DatasetException | IllegalArgumentException | JsonProcessingException e) {
      throw wrong(file, line, e.getMessage());
    }
    String key = name.replace('\\', '/').replaceFirst("^(\\./)+", "");
    if (byName.put(key, caption) != null) {
      throw wrong(file, line, "\"" + name + "\" stands there twice");
    }
    String last = key.substring(key.lastIndexOf('/') + 1);
    if (byLastPart.put(last, caption) != null) {
      ambiguous.add(last);
    }
  }

  /**
   * The caption of a file: under its path, or any end of it, with or without the ending of its
   * name.
   *
   * @throws DatasetException if only the bare name matches, and does so more than once
   */
  public Optional<Caption> find(Path file) {
    String path = file.toString().replace('\\', '/');
    for (int from = 0; from >= 0; from = path.indexOf('/', from) + 1) {
      String end = path.substring(from);
      Caption found = byName.getOrDefault(end, byName.get(withoutEnding(end)));
      if (found != null) {
        return Optional.of(found);
      }
      if (path.indexOf('/', from) < 0) {
        break;
      }
    }
    String last = path.substring(path.lastIndexOf('/') + 1);
    if (ambiguous.contains(last)) {
      throw new DatasetException(
          Kind.INPUT,
          "The list of captions has \""
              + last
              + "\" more than once, and none of their folders is that of "
              + file
              + ". Write the same folders there.");
    }
    return Optional.ofNullable(byLastPart.get(last));
  }

  /** The caption of a patch by its own name, with or without {@code .png}. */
  public Optional<Caption> findPatch(String name) {
    return Optional.ofNullable(byLastPart.get(name))
        .or(() -> Optional.ofNullable(byLastPart.get(name + ".png")));
  }

  /** Whether there is a caption for any patch of a source. */
  boolean hasPatchOf(String sourceName) {
    return byLastPart.keySet().stream().anyMatch(name -> name.startsWith(sourceName + "_r"));
  }

  private static String withoutEnding(String name) {
    int dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
  }

  private static Optional<JsonNode> first(JsonNode entry, String[] names) {
    return Arrays.stream(names)
        .map(entry::path)
        .filter(node -> !node.isMissingNode() && !node.isNull())
        .findFirst();
  }

  private static List<String> labels(JsonNode node) throws JsonProcessingException {
    JsonNode list = parsed(node);
    List<String> labels = new ArrayList<>();
    if (list.isArray()) {
      list.forEach(label -> labels.add(label.asText().strip()));
    } else if (list.isTextual()) {
      Arrays.stream(list.asText().split(";")).map(String::strip).forEach(labels::add);
    }
    labels.removeIf(String::isEmpty);
    return labels;
  }

  private static Optional<Spacing> spacing(JsonNode node) throws JsonProcessingException {
    JsonNode value = parsed(node);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (value.isArray() && value.size() == 2) {
      return Optional.of(new Spacing(value.get(0).asDouble(), value.get(1).asDouble()));
    }
    if (value.isNumber()) {
      return Optional.of(Spacing.square(value.asDouble()));
    }
    throw new DatasetException(
        Kind.INPUT, "its spacing must be one or two numbers of metres, not " + node);
  }

  private static List<Box> boxes(JsonNode node) throws JsonProcessingException {
    List<Box> boxes = new ArrayList<>();
    for (JsonNode box : parsed(node)) {
      if (!box.isArray() || box.size() != 4) {
        throw new DatasetException(
            Kind.INPUT, "its mask has a box that is not [xmin, ymin, xmax, ymax]: " + box);
      }
      boxes.add(
          new Box(
              box.get(0).asDouble(Double.NaN),
              box.get(1).asDouble(Double.NaN),
              box.get(2).asDouble(Double.NaN),
              box.get(3).asDouble(Double.NaN)));
    }
    return boxes;
  }

  /** Arrays and numbers in CSV are JSON within text. */
  private static JsonNode parsed(JsonNode node) throws JsonProcessingException {
    if (node instanceof TextNode text && text.asText().strip().matches("[\\[\\d.].*")) {
      return JSON.readTree(text.asText());
    }
    return node;
  }

  private static DatasetException wrong(Path file, int line, String problem) {
    return new DatasetException(
        Kind.INPUT, file + ", line " + line + ": " + problem.replaceFirst("\\.$", "") + ".");
  }
}
