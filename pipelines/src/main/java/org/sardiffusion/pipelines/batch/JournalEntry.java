package org.sardiffusion.pipelines.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.pipelines.internal.dataset.ImageStatistics;
import org.sardiffusion.pipelines.internal.dataset.WrittenFile;

/** What the journal says of an image. */
sealed interface JournalEntry {
  ObjectMapper MAPPER = new ObjectMapper();

  /** The image's id. */
  String id();

  ObjectNode toJson();

  /**
   * The image is complete.
   *
   * @param files the image first, then what belongs to it
   */
  record Done(String id, List<WrittenFile> files, ImageStatistics statistics)
      implements JournalEntry {
    @Override
    public ObjectNode toJson() {
      ObjectNode json = MAPPER.createObjectNode().put("done", id);
      ArrayNode list = json.putArray("files");
      for (WrittenFile file : files) {
        list.addObject()
            .put("path", file.path())
            .put("bytes", file.bytes())
            .put("sha256", file.sha256());
      }
      json.set("statistics", statistics.toJson());
      return json;
    }
  }

  /** The image can't be made. */
  record Failed(String id, String reason) implements JournalEntry {
    @Override
    public ObjectNode toJson() {
      return MAPPER.createObjectNode().put("failed", id).put("reason", reason);
    }
  }

  /** The entry that a line holds; empty if it holds none. */
  static Optional<JournalEntry> of(JsonNode json) {
    if (json.path("failed").isTextual()) {
      return Optional.of(new Failed(json.get("failed").asText(), json.path("reason").asText()));
    }
    if (!json.path("done").isTextual() || json.path("files").isEmpty()) {
      return Optional.empty();
    }
    List<WrittenFile> files = new ArrayList<>();
    for (JsonNode file : json.get("files")) {
      files.add(
          new WrittenFile(
              file.path("path").asText(),
              file.path("bytes").asLong(),
              file.path("sha256").asText()));
    }
    return Optional.of(
        new Done(
            json.get("done").asText(),
            List.copyOf(files),
            ImageStatistics.fromJson(json.path("statistics"))));
  }
}
