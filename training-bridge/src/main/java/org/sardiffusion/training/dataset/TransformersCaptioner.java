package org.sardiffusion.training.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.training.PythonEnvironment;
import org.sardiffusion.training.internal.dataset.SourceNames;

/**
 * A transformers image-text model, run by {@code sar-trainer caption}.
 *
 * @param python where it runs
 * @param model a folder, or the id of a model in the local cache
 * @param optical a folder with optical images of the same places, named as the sources or the
 *     patches are; the paper's captions were written on such (CogVLM2 on IGN imagery)
 * @param prompt what the model is asked, for those that take a question
 * @param allowDownload whether a model that is not in the cache may be fetched
 */
public record TransformersCaptioner(
    PythonEnvironment python,
    String model,
    Optional<Path> optical,
    Optional<String> prompt,
    Download allowDownload)
    implements Captioner {
  /** Whether the network may be used. */
  public enum Download {
    NEVER,
    ALLOWED
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Box WHOLE = new Box(0, 0, 1, 1);

  /**
   * @throws DatasetException if there is no such folder of optical images
   */
  public TransformersCaptioner {
    optical
        .filter(folder -> !Files.isDirectory(folder))
        .ifPresent(
            folder -> {
              throw new DatasetException(
                  Kind.USAGE, "There is no folder of optical images " + folder + ".");
            });
  }

  @Override
  public String description() {
    return model;
  }

  @Override
  public Job job(Subject subject) {
    if (optical.isEmpty()) {
      return new Job(subject.name(), subject.file(), WHOLE);
    }
    return named(subject.name())
        .map(image -> new Job(subject.name(), image, WHOLE))
        .or(
            () ->
                named(stem(subject.source()))
                    .map(image -> new Job(subject.name(), image, subject.part())))
        .orElseThrow(
            () ->
                new DatasetException(
                    Kind.INPUT,
                    "The folder of optical images "
                        + optical.get()
                        + " has neither "
                        + subject.name()
                        + " nor "
                        + stem(subject.source())
                        + " (png, jpg, tif). Add one of them, or caption the radar images themselves."));
  }

  private Optional<Path> named(String stem) {
    return Stream.of(".png", ".jpg", ".jpeg", ".tif", ".tiff")
        .map(ending -> optical.orElseThrow().resolve(stem + ending))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static String stem(Path file) {
    return SourceNames.stem(file);
  }

  @Override
  public Map<String, String> caption(Map<String, Job> jobs, Path done, Consumer<String> output) {
    Path list = done.resolveSibling("captions-wanted.jsonl");
    writeJobs(jobs, list);
    python.trainer(arguments(list, done), output);
    Map<String, String> captions = readCaptions(done);
    captions.keySet().retainAll(jobs.keySet());
    return captions;
  }

  private List<String> arguments(Path list, Path done) {
    // A folder is found from wherever Python runs; an id is left as it is.
    Path folder = Path.of(model);
    String where = Files.isDirectory(folder) ? folder.toAbsolutePath().toString() : model;
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "caption",
                where,
                "--jobs",
                list.toAbsolutePath().toString(),
                "--out",
                done.toAbsolutePath().toString()));
    prompt.ifPresent(text -> arguments.addAll(List.of("--prompt", text)));
    if (allowDownload == Download.ALLOWED) {
      arguments.add("--allow-download");
    }
    return arguments;
  }

  private static void writeJobs(Map<String, Job> jobs, Path list) {
    StringBuilder lines = new StringBuilder();
    for (Job job : jobs.values()) {
      ObjectNode line = JSON.createObjectNode();
      line.put("name", job.name()).put("image", job.image().toAbsolutePath().toString());
      if (!job.part().equals(WHOLE)) {
        line.putArray("part")
            .add(job.part().xmin())
            .add(job.part().ymin())
            .add(job.part().xmax())
            .add(job.part().ymax());
      }
      lines.append(line).append('\n');
    }
    try {
      Files.writeString(list, lines, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DatasetException(
          Kind.RESOURCE, "Cannot write " + list + ": " + e.getMessage() + ".", e);
    }
  }

  private static Map<String, String> readCaptions(Path done) {
    Map<String, String> captions = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(done, StandardCharsets.UTF_8)) {
        try {
          JsonNode entry = JSON.readTree(line);
          String caption = entry.path("caption").asText("").strip();
          if (entry.hasNonNull("name") && !caption.isEmpty()) {
            captions.put(entry.path("name").asText(), caption);
          }
        } catch (JsonProcessingException e) {
          // The last line of a captioner that was killed while it wrote.
          continue;
        }
      }
    } catch (IOException e) {
      throw new DatasetException(
          Kind.RESOURCE, "Cannot read " + done + ": " + e.getMessage() + ".", e);
    }
    return captions;
  }
}
