package org.sardiffusion.training.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.training.internal.configuration.FileCheck;
import org.sardiffusion.training.internal.configuration.ImageFolder;
import org.sardiffusion.training.internal.configuration.SchemaErrors;
import org.sardiffusion.training.internal.configuration.TrainingSchema;

/**
 * A configuration that was found right: every key known, every value in its range, every file
 * there. The format is described key by key in {@code training.schema.json}.
 */
public final class RunConfiguration {
  private final ConfigurationDocument document;
  private final JsonNode values;
  private final Path base;
  private final Optional<Path> file;

  private RunConfiguration(
      ConfigurationDocument document, JsonNode values, Path base, Optional<Path> file) {
    this.document = document;
    this.values = values;
    this.base = base;
    this.file = file;
  }

  /**
   * Reads and checks a file; its relative paths start from its own folder.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  public static RunConfiguration read(Path file) {
    return read(file, List.of());
  }

  /**
   * As {@link #read(Path)}, with values put over what the file says.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  public static RunConfiguration read(Path file, List<Setting> settings) {
    ConfigurationDocument document = edited(ConfigurationDocument.read(file), settings);
    Path folder = file.toAbsolutePath().getParent();
    return checked(document, folder, settings.isEmpty() ? Optional.of(file) : Optional.empty());
  }

  /**
   * Checks a configuration that lies in no file, such as a preset.
   *
   * @param base the folder that its relative paths start from
   * @throws ConfigurationException with everything that is wrong
   */
  public static RunConfiguration of(ConfigurationDocument document, Path base) {
    return checked(document, base.toAbsolutePath(), Optional.empty());
  }

  private static ConfigurationDocument edited(
      ConfigurationDocument document, List<Setting> settings) {
    ConfigurationDocument edited = document;
    for (Setting setting : settings) {
      edited = edited.with(setting);
    }
    return edited;
  }

  private static RunConfiguration checked(
      ConfigurationDocument document, Path base, Optional<Path> file) {
    JsonNode values = TrainingSchema.INSTANCE.filled(document.values());
    List<Problem> problems = new ArrayList<>(SchemaErrors.in(document, values));
    List<KeyPath> blamed = problems.stream().map(Problem::key).toList();
    FileCheck.problems(document, values, base).stream()
        .filter(problem -> !blamed.contains(problem.key()))
        .forEach(problems::add);
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingLong(document::order));
      throw new ConfigurationException(document.name(), problems);
    }
    return new RunConfiguration(document, values, base, file);
  }

  /** The run's name. */
  public String name() {
    return text("name");
  }

  /** What is trained: diffusion, autoencoder, controlnet, distil or sar-clip. */
  public String task() {
    return text("task");
  }

  /** How many images are trained on. */
  public int images() {
    return ImageFolder.at(data()).images();
  }

  /** The folder of the training images, absolute. */
  public Path data() {
    return FileCheck.path(values, KeyPath.of("data.train"), base).orElseThrow();
  }

  /** The folder of the model that is started from, absolute. */
  public Path model() {
    return FileCheck.path(values, KeyPath.of("model"), base).orElseThrow();
  }

  /** How many images go into one optimizer step. */
  public int imagesPerStep() {
    return number("training.batch").orElseThrow() * number("training.accumulation").orElseThrow();
  }

  /**
   * How many optimizer steps the run has. What is left of an epoch and makes no whole step is left
   * out.
   */
  public long steps() {
    return number("training.steps")
        .map(Long::valueOf)
        .orElseGet(
            () -> (long) number("training.epochs").orElseThrow() * (images() / imagesPerStep()));
  }

  /** The value at {@code key}, the schema's default where the text says nothing. */
  public Optional<JsonNode> value(KeyPath key) {
    return key.in(values);
  }

  /** The configuration as written, with what was set over it. */
  public String text() {
    return document.text();
  }

  /** What messages call it. */
  public String source() {
    return document.name();
  }

  /** The file that says all of this, if there is one. */
  public Optional<Path> file() {
    return file;
  }

  /** The same in a text that holds wherever it lies: its paths are absolute. */
  public String portableText() {
    ConfigurationDocument portable = document;
    for (KeyPath key : TrainingSchema.INSTANCE.pathKeys()) {
      Optional<Path> path = FileCheck.path(values, key, base);
      if (path.isPresent()) {
        portable =
            portable.with(
                new Setting(
                    key,
                    com.fasterxml.jackson.databind.node.TextNode.valueOf(path.get().toString()),
                    document.where(key)));
      }
    }
    return portable.text();
  }

  /** A problem that was found later, at the place of its key. */
  public Problem problem(String key, String message) {
    return document.problem(KeyPath.of(key), message);
  }

  private String text(String key) {
    return value(KeyPath.of(key)).map(JsonNode::asText).orElseThrow();
  }

  private Optional<Integer> number(String key) {
    return value(KeyPath.of(key)).map(JsonNode::asInt);
  }
}
