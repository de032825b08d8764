package org.sardiffusion.runtime.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.runtime.internal.schedule.SchedulerClass;

/**
 * A bundle's {@code scheduler_config.json}; immutable.
 *
 * <p>Its options mean something only to a scheduler class, so they are checked when a schedule is
 * made ({@link org.sardiffusion.runtime.internal.schedule.Schedule#of}), as in diffusers' {@code
 * ConfigMixin.from_config} ({@code configuration_utils.py}): a key that the class does not know is
 * passed over, a missing key takes that class's default, and so does a key that {@code
 * _use_default_values} lists.
 */
public final class SchedulerConfig {
  /** Far more than a million trained betas; what is longer is no scheduler configuration. */
  private static final long LONGEST_FILE = 64L << 20;

  /**
   * Python writes -Infinity for DPM-Solver's lambda_min_clipped, which JSON proper has no word for.
   */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ObjectNode json;
  private final String source;

  private SchedulerConfig(ObjectNode json, String source) {
    this.json = json;
    this.source = source;
  }

  /**
   * Reads a configuration file.
   *
   * @throws SchedulerConfigException if it cannot be read or is not one JSON object
   */
  public static SchedulerConfig read(Path file) {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw new SchedulerConfigException(
            "%s: longer than %d bytes; this is not a scheduler configuration"
                .formatted(file, LONGEST_FILE));
      }
      return of(JSON.readTree(Files.readAllBytes(file)), file.toString());
    } catch (JsonProcessingException e) {
      throw new SchedulerConfigException(
          "%s: not valid JSON (%s); export the bundle again"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new SchedulerConfigException(
          "%s: cannot read the scheduler configuration (%s)".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Reads a configuration file for the class that {@code model_index.json} names: diffusers takes
   * the class from there and only the options from the scheduler's own file ({@code
   * pipelines/pipeline_loading_utils.py}, {@code load_sub_model}).
   *
   * @param className empty for the class that wrote the file
   * @throws SchedulerConfigException if it cannot be read or is not one JSON object
   */
  public static SchedulerConfig read(Path file, Optional<String> className) {
    SchedulerConfig config = read(file);
    return className
        .map(
            name ->
                new SchedulerConfig(config.json.deepCopy().put("_class_name", name), config.source))
        .orElse(config);
  }

  /**
   * The configuration in a JSON tree.
   *
   * @param source where it came from, for error messages
   * @throws SchedulerConfigException if the tree is not an object
   */
  public static SchedulerConfig of(JsonNode json, String source) {
    if (!(json instanceof ObjectNode object)) {
      throw new SchedulerConfigException(
          "%s: a scheduler configuration must be a JSON object".formatted(source));
    }
    return new SchedulerConfig(object.deepCopy(), source);
  }

  /** Where the configuration came from. */
  public String source() {
    return source;
  }

  /** The configuration as it was read, unknown keys included. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }

  /**
   * The name of the diffusers class that the configuration was written by.
   *
   * @throws SchedulerConfigException if it names none
   */
  public String className() {
    JsonNode name = json.path("_class_name");
    if (!name.isTextual()) {
      throw new SchedulerConfigException(
          "%s: \"_class_name\" is %s; it must name one of %s, or choose a scheduler yourself"
              .formatted(
                  source, name.isMissingNode() ? "missing" : name, SchedulerClass.allNames()));
    }
    return name.textValue();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SchedulerConfig that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
