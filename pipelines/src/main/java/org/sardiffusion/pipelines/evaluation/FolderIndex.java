package org.sardiffusion.pipelines.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.PixelBox;
import org.sardiffusion.evaluation.SetStatistics;

/**
 * Finds the images of a folder and what is written about them, in the folder's own order.
 *
 * <p>Three kinds of folder are known: an image folder (Hugging Face's layout: {@code
 * metadata.jsonl} with {@code file_name} and optionally {@code text} or {@code caption}, {@code
 * labels} or {@code label}, {@code source} (what the image was cut from), and boxes to leave out in
 * {@code mask}, {@code boxes} or {@code inserted_vehicles}), alone or as one folder for each split;
 * the output of a batch ({@code manifest.jsonl} with {@code file}, {@code prompt}, {@code label}),
 * also as the folder {@code images} of an evaluation that made its images; and plain images, in
 * folders below it or not, in the order of their names.
 */
final class FolderIndex {
  private static final String METADATA = "metadata.jsonl";
  private static final String MANIFEST = "manifest.jsonl";

  /** A line of metadata beyond this is not metadata. */
  private static final int LONGEST_LINE = 1 << 20;

  private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "tif", "tiff", "npy");
  private static final List<String> BOXES = List.of("mask", "boxes", "inserted_vehicles");

  private static final ObjectReader JSON =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private FolderIndex() {}

  /**
   * @throws EvaluationException if the folder is missing or has no image, or a line about an image
   *     cannot be understood or names a file outside the folder
   */
  static List<Entry> of(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new EvaluationException(
          folder
              + (Files.exists(folder) ? " is not a folder." : " does not exist.")
              + " Name a folder of images.");
    }
    try {
      List<Entry> entries = read(folder);
      if (entries.isEmpty()) {
        throw new EvaluationException(
            folder
                + " has no images: it holds no metadata.jsonl or manifest.jsonl that lists any, and"
                + " no .png, .jpg, .tif or .npy file.");
      }
      return entries;
    } catch (IOException e) {
      throw new EvaluationException("Cannot read the folder " + folder + ": " + e.getMessage(), e);
    }
  }

  private static List<Entry> read(Path folder) throws IOException {
    if (Files.exists(folder.resolve(METADATA))) {
      return lines(folder.resolve(METADATA), "file_name");
    }
    if (Files.exists(folder.resolve(MANIFEST))) {
      return lines(folder.resolve(MANIFEST), "file");
    }
    Path made = folder.resolve(SuiteImages.FOLDER).resolve(MANIFEST);
    if (Files.exists(made)) {
      return lines(made, "file");
    }
    List<Path> splits;
    try (Stream<Path> children = Files.list(folder)) {
      splits = children.filter(c -> Files.exists(c.resolve(METADATA))).sorted().toList();
    }
    if (splits.isEmpty()) {
      return plain(folder);
    }
    List<Entry> entries = new ArrayList<>();
    for (Path split : splits) {
      entries.addAll(lines(split.resolve(METADATA), "file_name"));
    }
    return entries;
  }

  private static List<Entry> plain(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> !f.startsWith(folder.resolve(SegmentMasks.FOLDER)))
          .filter(f -> ENDINGS.contains(ending(f)) && Files.isRegularFile(f))
          .sorted()
          .map(
              f ->
                  new Entry(
                      f.toAbsolutePath().normalize(),
                      Optional.empty(),
                      List.of(SetStatistics.ALL),
                      Optional.empty(),
                      List.of()))
          .toList();
    }
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".")
        ? ""
        : name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static List<Entry> lines(Path file, String nameField) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      StringBuilder line = new StringBuilder();
      for (int number = 1; next(reader, line, file, number); number++) {
        if (!line.toString().isBlank()) {
          entries.add(entry(file, number, line.toString(), nameField));
        }
      }
    } catch (CharacterCodingException e) {
      throw new EvaluationException(file + " is not UTF-8 text. Save it as UTF-8.", e);
    }
    return entries;
  }

  /** Reads a line of bounded length; a file without line ends must not fill the memory. */
  private static boolean next(BufferedReader reader, StringBuilder line, Path file, int number)
      throws IOException {
    line.setLength(0);
    int c = reader.read();
    boolean any = c >= 0;
    while (c >= 0 && c != '\n') {
      if (line.length() == LONGEST_LINE) {
        throw problem(file, number, "the line is longer than a million characters");
      }
      line.append((char) c);
      c = reader.read();
    }
    return any;
  }

  private static Entry entry(Path file, int number, String line, String nameField) {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw problem(file, number, "it is not a JSON object (" + e.getOriginalMessage() + ")");
    }
    if (!node.isObject() || !node.path(nameField).isTextual()) {
      throw problem(file, number, "it has no \"" + nameField + "\" that names an image");
    }
    return new Entry(
        inside(file, number, node.get(nameField).asText()),
        text(node, "source"),
        labels(file, number, node),
        text(node, "text", "caption", "prompt"),
        boxes(file, number, node));
  }

  private static Path inside(Path file, int number, String name) {
    Path folder = file.toAbsolutePath().getParent().normalize();
    Path image;
    try {
      image = folder.resolve(name).normalize();
    } catch (InvalidPathException e) {
      throw problem(file, number, "\"" + name + "\" is not the name of a file");
    }
    if (!image.startsWith(folder)) {
      throw problem(file, number, "\"" + name + "\" lies outside the folder");
    }
    if (!Files.isRegularFile(image)) {
      throw problem(file, number, "there is no file \"" + name + "\"");
    }
    return image;
  }

  private static List<String> labels(Path file, int number, JsonNode node) {
    JsonNode labels = node.has("labels") ? node.get("labels") : node.path("label");
    if (labels.isTextual() && !labels.asText().isBlank()) {
      return List.of(labels.asText());
    }
    List<String> names = new ArrayList<>();
    for (JsonNode label : labels) {
      if (!label.isTextual()) {
        throw problem(file, number, "its labels are not a list of words");
      }
      names.add(label.asText());
    }
    return names.isEmpty() ? List.of(SetStatistics.ALL) : names;
  }

  /** The first of some fields that holds text. */
  private static Optional<String> text(JsonNode node, String... fields) {
    return Stream.of(fields)
        .map(node::path)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst();
  }

  private static List<PixelBox> boxes(Path file, int number, JsonNode node) {
    List<PixelBox> boxes = new ArrayList<>();
    for (String field : BOXES) {
      for (JsonNode box : node.path(field)) {
        boolean numbers = box.isArray() && box.size() == 4;
        for (JsonNode side : box) {
          numbers &= side.isNumber();
        }
        if (!numbers) {
          throw problem(
              file, number, "\"" + field + "\" is not a list of boxes [xmin, ymin, xmax, ymax]");
        }
        boxes.add(box(file, number, box));
      }
    }
    return boxes;
  }

  private static PixelBox box(Path file, int number, JsonNode box) {
    try {
      // A box that a scaled image has in fractions covers every pixel that it touches.
      return new PixelBox(
          (int) Math.floor(box.get(0).asDouble()),
          (int) Math.floor(box.get(1).asDouble()),
          (int) Math.ceil(box.get(2).asDouble()),
          (int) Math.ceil(box.get(3).asDouble()));
    } catch (IllegalArgumentException e) {
      throw problem(file, number, e.getMessage());
    }
  }

  private static EvaluationException problem(Path file, int number, String what) {
    return new EvaluationException(
        "Line " + number + " of " + file + ": " + what + ". Correct the line or remove it.");
  }
}
