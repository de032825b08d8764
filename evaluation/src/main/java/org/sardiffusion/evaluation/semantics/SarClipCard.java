package org.sardiffusion.evaluation.semantics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sardiffusion.evaluation.EvaluationException;

/**
 * What {@code sar_clip.json} says of a SAR-CLIP.
 *
 * @param name of the model
 * @param imageSize side of its images, pixels
 * @param dimension length of its embeddings
 * @param logitScale what cosines are multiplied by before a softmax
 * @param mean taken off the resized amplitude
 * @param deviation that it is divided by then
 */
public record SarClipCard(
    String name, int imageSize, int dimension, double logitScale, float mean, float deviation) {
  private static final String FILE = "sar_clip.json";
  private static final int VERSION = 1;
  private static final int LARGEST_SIDE = 4096;
  private static final int LARGEST_DIMENSION = 16384;
  private static final long LARGEST_FILE = 16L << 20;

  static SarClipCard read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new EvaluationException(
          folder
              + " is not a SAR-CLIP: it has no "
              + FILE
              + ". Export one, and name the folder of the export.");
    }
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new EvaluationException(file + " is too large for such a file.");
      }
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (json.path("format_version").asInt() != VERSION) {
        throw new EvaluationException(
            file
                + " has format_version "
                + json.path("format_version")
                + "; this program reads version "
                + VERSION
                + ". Export the model again.");
      }
      return new SarClipCard(
          json.path("name").asText(folder.toAbsolutePath().normalize().getFileName().toString()),
          whole(file, json, "image_size", LARGEST_SIDE),
          whole(file, json, "projection_dim", LARGEST_DIMENSION),
          number(file, json, "logit_scale"),
          (float) number(file, json, "mean"),
          (float) number(file, json, "std"));
    } catch (IOException e) {
      throw new EvaluationException("Cannot read " + file + ": " + e.getMessage() + ".", e);
    }
  }

  private static int whole(Path file, JsonNode json, String field, int most) {
    JsonNode value = json.path(field);
    if (!value.canConvertToInt() || value.asInt() < 1 || value.asInt() > most) {
      throw new EvaluationException(
          file + ": \"" + field + "\" is not a whole number from 1 to " + most + ".");
    }
    return value.asInt();
  }

  private static double number(Path file, JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      throw new EvaluationException(file + ": \"" + field + "\" is not a number.");
    }
    return value.asDouble();
  }
}
