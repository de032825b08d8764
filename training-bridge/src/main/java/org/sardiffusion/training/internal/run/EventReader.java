package org.sardiffusion.training.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.sardiffusion.training.TrainingBridgeException;
import org.sardiffusion.training.run.TrainingEvent;

/** Reads events from the lines that a trainer prints. */
public final class EventReader {
  private static final int VERSION = 1;

  /** Python writes a loss that has blown up as NaN. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private EventReader() {}

  /**
   * The event of one line. A line that is none, such as a library's greeting, is a message.
   *
   * @throws TrainingBridgeException if the trainer speaks another version
   */
  public static TrainingEvent read(String line) {
    JsonNode json;
    try {
      json = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      return new TrainingEvent.Message(line);
    }
    if (!json.path("event").isTextual()) {
      return new TrainingEvent.Message(line);
    }
    if (json.path("v").asInt() != VERSION) {
      throw new TrainingBridgeException(
          "The trainer speaks version %s of its events, this program version %d. Use the trainer of the same release."
              .formatted(json.path("v").asText("(none)"), VERSION));
    }
    return event(json);
  }

  private static TrainingEvent event(JsonNode json) {
    String kind = json.path("event").asText();
    return switch (kind) {
      case "started" ->
          new TrainingEvent.Started(
              json.path("task").asText(),
              json.path("steps").asLong(),
              json.path("first_step").asLong(),
              map(json.path("trainable_parameters"), JsonNode::asLong),
              json.path("device").asText());
      case "step" ->
          new TrainingEvent.Step(
              json.path("step").asLong(),
              json.path("steps").asLong(),
              json.path("epoch").asLong(),
              number(json.path("loss")),
              map(json.path("terms"), EventReader::number),
              map(json.path("learning_rates"), EventReader::number),
              number(json.path("seconds")),
              number(json.path("eta_seconds")));
      case "validation" ->
          new TrainingEvent.Validation(
              json.path("step").asLong(),
              paths(json.path("images")),
              map(json.path("metrics"), EventReader::number));
      case "checkpoint" ->
          new TrainingEvent.Checkpoint(
              json.path("step").asLong(), Path.of(json.path("path").asText()));
      case "message" -> new TrainingEvent.Message(json.path("text").asText());
      case "stage" -> new TrainingEvent.Stage(json.path("name").asText());
      case "finished" ->
          new TrainingEvent.Finished(
              Path.of(json.path("model").asText()),
              text(json.path("bundle")).map(Path::of),
              paths(json.path("adapters")),
              number(json.path("seconds")));
      case "interrupted" ->
          new TrainingEvent.Interrupted(
              json.path("step").asLong(), text(json.path("checkpoint")).map(Path::of));
      case "failed" ->
          new TrainingEvent.Failed(
              json.path("message").asText(), text(json.path("key")), text(json.path("hint")));
      default -> new TrainingEvent.Unknown(kind);
    };
  }

  /** JSON has no word for what is not finite. */
  private static double number(JsonNode json) {
    return json.isNumber() ? json.asDouble() : Double.NaN;
  }

  private static Optional<String> text(JsonNode json) {
    return json.isTextual() && !json.asText().isEmpty()
        ? Optional.of(json.asText())
        : Optional.empty();
  }

  private static List<Path> paths(JsonNode json) {
    return StreamSupport.stream(json.spliterator(), false)
        .map(JsonNode::asText)
        .map(Path::of)
        .toList();
  }

  private static <T> Map<String, T> map(JsonNode json, Function<JsonNode, T> value) {
    Map<String, T> map = new LinkedHashMap<>();
    json.properties().forEach(entry -> map.put(entry.getKey(), value.apply(entry.getValue())));
    return java.util.Collections.unmodifiableMap(map);
  }
}
