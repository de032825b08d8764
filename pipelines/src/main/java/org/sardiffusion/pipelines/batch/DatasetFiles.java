package org.sardiffusion.pipelines.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.sardiffusion.geo.OutputException;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.output.AtomicOutput;
import org.sardiffusion.geo.table.parquet.ParquetTable;
import org.sardiffusion.pipelines.Software;
import org.sardiffusion.runtime.diffusion.DiffusionRequest;

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
 */
final class DatasetFiles {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** For the message on a full disk; a line of the manifest has about this many bytes. */
  private static final long LINE_BYTES = 2048;

  private final BatchPlan plan;
  private final BatchOutput output;
  private final BatchRun.ModelStamp stamp;
  private final Map<String, JournalEntry> entries;
  private final List<DatasetImage> images = new ArrayList<>();

  /** A complete image of the dataset. */
  record DatasetImage(PlannedImage planned, JournalEntry.Done done, String thumbnail) {
    DiffusionRequest request() {
      return planned.request();
    }

    /** The image's file, from the dataset's folder. */
    String file() {
      return done.files().get(0).path();
    }
  }

  DatasetFiles(
      BatchPlan plan,
      BatchOutput output,
      BatchRun.ModelStamp stamp,
      Map<String, JournalEntry> entries) {
    this.plan = plan;
    this.output = output;
    this.stamp = stamp;
    this.entries = entries;
    for (PlannedImage image : plan.images()) {
      if (entries.get(image.id()) instanceof JournalEntry.Done done) {
        images.add(new DatasetImage(image, done, ImageWriter.thumbnail(output, image)));
      }
    }
  }

  /** Whether every image is complete or failed. */
  boolean through() {
    return plan.images().stream().allMatch(image -> entries.containsKey(image.id()));
  }

  /** Lines and images that can't be made. */
  List<RejectedLine> failures() {
    List<RejectedLine> failures = new ArrayList<>(plan.rejected());
    for (PlannedImage image : plan.images()) {
      if (entries.get(image.id()) instanceof JournalEntry.Failed failed) {
        failures.add(new RejectedLine(image.line(), image.request().prompt(), failed.reason()));
      }
    }
    failures.sort(Comparator.comparingInt(RejectedLine::number));
    return failures;
  }

  /**
   * Writes them all.
   *
   * @throws OutputException if one can't be written
   */
  void write() {
    lines("manifest.jsonl", images.stream().map(this::manifestLine));
    writeTable();
    for (String root : new TreeSet<>(images.stream().map(i -> i.planned().root()).toList())) {
      List<DatasetImage> part =
          images.stream().filter(image -> image.planned().root().equals(root)).toList();
      lines(root + "/metadata.jsonl", part.stream().map(DatasetFiles::metadataLine));
      json("annotations/" + root + ".json", new CocoAnnotations(part).toJson());
    }
    if (output.format() == ImageFormat.GEOTIFF) {
      json("collection.json", new StacCollection(output.folder(), images, stamp).toJson());
    }
    writeFailures();
    String page = new ContactSheet(output.folder(), images, stamp).toHtml();
    text("index.html", page);
  }

  private void writeTable() {
    AtomicOutput.write(
        output.folder().resolve("manifest.parquet"),
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
            texts("prompt", image -> image.request().prompt()),
            texts("negative_prompt", image -> image.request().negativePrompt().orElse("")),
            texts("label", image -> image.planned().label()),
            texts("split", image -> image.planned().split().map(Split::folder).orElse("")),
            wholes("seed", image -> image.request().seed()),
            wholes("width", image -> image.request().size().width()),
            wholes("height", image -> image.request().size().height()),
            numbers("guidance", image -> image.request().guidance().scale()),
            texts("model", image -> stamp.model().name()),
            texts("model_sha256", image -> stamp.model().sha256()),
            texts("sha256", image -> image.done().files().get(0).sha256()),
            numbers("min", image -> image.done().statistics().minimum()),
            numbers("max", image -> image.done().statistics().maximum()),
            numbers("mean", image -> image.done().statistics().mean()),
            numbers("std", image -> image.done().statistics().deviation()),
            numbers("saturated", image -> image.done().statistics().saturated()),
            texts("recipe", image -> ImageWriter.recipe(image.planned(), stamp).toJson())));
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
    DiffusionRequest request = planned.request();
    ObjectNode json = MAPPER.createObjectNode();
    json.put("file", image.file());
    json.put("prompt", request.prompt());
    request.negativePrompt().ifPresent(text -> json.put("negative_prompt", text));
    json.put("label", planned.label());
    planned.split().ifPresent(split -> json.put("split", split.folder()));
    json.put("seed", request.seed());
    json.put("width", request.size().width());
    json.put("height", request.size().height());
    json.put("line", planned.line());
    json.put("model", stamp.model().name());
    json.put("model_sha256", stamp.model().sha256());
    json.put("bytes", image.done().files().get(0).bytes());
    json.put("sha256", image.done().files().get(0).sha256());
    json.set("statistics", image.done().statistics().toJson());
    try {
      json.set("recipe", MAPPER.readTree(ImageWriter.recipe(planned, stamp).toJson()));
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
        .put("text", image.planned().request().prompt())
        .put("label", image.planned().label())
        .toString();
  }

  private void writeFailures() {
    List<RejectedLine> failures = failures();
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
      Files.deleteIfExists(output.folder().resolve("failures.jsonl"));
    } catch (IOException e) {
      throw new OutputException("Cannot delete failures.jsonl: " + e.getMessage() + ".", e);
    }
  }

  private void lines(String name, Stream<String> lines) {
    AtomicOutput.write(
        output.folder().resolve(name),
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
    Path file = output.folder().resolve(name);
    AtomicOutput.write(file, 2L * text.length(), temporary -> Files.writeString(temporary, text));
  }
}
