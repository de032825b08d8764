package org.sardiffusion.training.internal.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.training.dataset.DatasetException;

/** How records of this package stand in files: snake case, and whole files or none. */
public final class Json {
  public static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Records become JSON.", e);
    }
  }

  public static void write(Path file, Object value) {
    try {
      String text =
          MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value) + "\n";
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      AtomicOutput.write(file, bytes.length, f -> Files.write(f, bytes));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Records become JSON.", e);
    }
  }

  public static <T> T read(Path file, Class<T> type) {
    try {
      return MAPPER.readValue(file.toFile(), type);
    } catch (IOException e) {
      throw new DatasetException(
          Kind.INPUT,
          "Cannot read " + file + ": " + e.getMessage() + ". Start the build again.",
          e,
          Remedy.choose("overwrite"));
    }
  }
}
