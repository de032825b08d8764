package org.sardiffusion.pipelines.internal.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.OutputException;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.table.parquet.ParquetTable;
import org.sardiffusion.pipelines.Software;
import org.sardiffusion.pipelines.list.RejectedLine;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.pipelines.plan.Split;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.runtime.diffusion.GenerationRequest;

/**
 * The files that describe a finished dataset. They hold no times, so that equal datasets have equal
 * files.
 *
 * <ul>
 *   <li>{@code manifest.jsonl}: all of every image, one line each, in the plan's order
 *   <li>{@code manifest.parquet}: the same as a table
 *   <li>{@code train/metadata.jsonl}: what image folder loaders read beside the images
 *   <li>{@code annotations/train.json}: the same as COCO captions and categories
 *   <li>{@code collection.json}: a STAC collection of the GeoTIFFs' items
 *   <li>{@code index.html}: the contact sheet
 *   <li>{@code failures.jsonl}: what could not be made, if anything
 * </ul>
 *
 * @param folder of the dataset
 * @param format of the images
 * @param stamp what made them
 * @param images that are complete, in the plan's order
 * @param failures lines and images that can't be made
 */
public record DatasetFiles(
    Path folder,
    ImageFormat format,
    ModelStamp stamp,
    List<DatasetImage> images,
    List<RejectedLine> failures) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** For the message on a full disk; a line of the manifest has about this many bytes. */
  private static final long LINE_BYTES = 2048;

  public DatasetFiles {
    images = List.copyOf(images);
    failures = List.copyOf(failures);
  }

  /**
   * Writes them all.
   *
   * @throws OutputException if one can't be written
   */
  public void write() {
    lines("manifest.jsonl", images.stream().map(this::manifestLine));
    writeTable();
    for (String root : new TreeSet<>(images.stream().map(i -> i.planned().root()).toList())) {
      List<DatasetImage> part =
          images.stream().filter(image -> image.planned().root().equals(root)).toList();
      lines(root + "/metadata.jsonl", part.stream().map(DatasetFiles::metadataLine));
      json("annotations/" + root + ".json", new CocoAnnotations(part).toJson());
    }
    if (format == ImageFormat.GEOTIFF) {
      json("collection.json", new StacCollection(folder, images, stamp).toJson());
    }
    writeFailures();
    String page = new ContactSheet(folder, images, stamp).toHtml();
    text("index.html", page);
  }

  private void writeTable() {
    AtomicOutput.write(
        folder.resolve("manifest.parquet"),
        LINE_BYTES * (images.size() + 1),
        file -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            table().write(out, Software.NAME_AND_VERSION);
          }
        });
  }

  private ParquetTable table() {
    return new ParquetTable(
        List.of(
            texts("file", DatasetImage::file),
            texts("prompt", image -> image.request().prompt().text()),
            texts(
                "negative_prompt", image -> image.request().sampling().negativePrompt().orElse("")),
            texts("label", image -> image.planned().label()),
            texts("split", image -> image.planned().split().map(Split::folder).orElse("")),
            wholes("seed", image -> image.request().sampling().seed()),
            wholes("width", image -> image.request().size().width()),
            wholes("height", image -> image.request().size().height()),
            numbers("guidance", image -> image.request().sampling().guidance().scale()),
            texts("model", image -> stamp.model().name()),
            texts("model_sha256", image -> stamp.model().sha256()),
            texts("sha256", image -> image.written().sha256()),
            numbers("min", image -> image.statistics().minimum()),
            numbers("max", image -> image.statistics().maximum()),
            numbers("mean", image -> image.statistics().mean()),
            numbers("std", image -> image.statistics().deviation()),
            numbers("saturated", image -> image.statistics().saturated()),
            texts("recipe", image -> image.planned().recipe(stamp).toJson())));
  }

  private ParquetTable.Column texts(String name, Function<DatasetImage, String> value) {
    return new ParquetTable.Texts(name, images.stream().map(value).toList());
  }

  private ParquetTable.Column wholes(String name, ToLongFunction<DatasetImage> value) {
    return new ParquetTable.Wholes(name, images.stream().mapToLong(value).boxed().toList());
  }

  private ParquetTable.Column numbers(String name, ToDoubleFunction<DatasetImage> value) {
    return new ParquetTable.Numbers(name, images.stream().mapToDouble(value).boxed().toList());
  }

  private String manifestLine(DatasetImage image) {
    PlannedImage planned = image.planned();
    GenerationRequest request = planned.request();
    ObjectNode json = MAPPER.createObjectNode();
    json.put("file", image.file());
    json.put("prompt", request.prompt().text());
    request.sampling().negativePrompt().ifPresent(text -> json.put("negative_prompt", text));
    json.put("label", planned.label());
    planned.split().ifPresent(split -> json.put("split", split.folder()));
    json.put("seed", request.sampling().seed());
    json.put("width", request.size().width());
    json.put("height", request.size().height());
    json.put("line", planned.line());
    json.put("model", stamp.model().name());
    json.put("model_sha256", stamp.model().sha256());
    json.put("bytes", image.written().bytes());
    json.put("sha256", image.written().sha256());
    json.set("statistics", image.statistics().toJson());
    try {
      json.set("recipe", MAPPER.readTree(planned.recipe(stamp).toJson()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A recipe is JSON.", e);
    }
    return json.toString();
  }

  /** As Hugging Face's image folders have it: {@code file_name} from the file's own folder. */
  private static String metadataLine(DatasetImage image) {
    return MAPPER
        .createObjectNode()
        .put("file_name", image.file().substring(image.planned().root().length() + 1))
        .put("text", image.planned().request().prompt().text())
        .put("label", image.planned().label())
        .toString();
  }

  private void writeFailures() {
    if (!failures.isEmpty()) {
      lines(
          "failures.jsonl",
          failures.stream()
              .map(
                  failure ->
                      MAPPER
                          .createObjectNode()
                          .put("line", failure.number())
                          .put("prompt", failure.prompt())
                          .put("reason", failure.reason())
                          .toString()));
      return;
    }
    try {
      Files.deleteIfExists(folder.resolve("failures.jsonl"));
    } catch (IOException e) {
      throw new OutputException("Cannot delete failures.jsonl: " + e.getMessage() + ".", e);
    }
  }

  private void lines(String name, Stream<String> lines) {
    AtomicOutput.write(
        folder.resolve(name),
        LINE_BYTES * (images.size() + 1),
        file -> {
          try (Writer writer = Files.newBufferedWriter(file)) {
            for (String line : (Iterable<String>) lines::iterator) {
              writer.write(line);
              writer.write('\n');
            }
          }
        });
  }

  private void json(String name, ObjectNode json) {
    text(name, json.toPrettyString() + "\n");
  }

  private void text(String name, String text) {
    Path file = folder.resolve(name);
    AtomicOutput.write(file, 2L * text.length(), temporary -> Files.writeString(temporary, text));
  }
}
