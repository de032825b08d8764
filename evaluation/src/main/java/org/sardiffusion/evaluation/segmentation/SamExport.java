package org.sardiffusion.evaluation.segmentation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.sardiffusion.evaluation.EvaluationException;

/**
 * The two graphs of a SAM in a folder, or in its folder {@code onnx}.
 *
 * @param name of the model: that of its folder
 * @param encoder of images
 * @param decoder of points
 * @param configuredSide side of the model's image as {@code preprocessor_config.json} says, else
 *     the 1024 pixels of every published SAM
 */
record SamExport(String name, Path encoder, Path decoder, int configuredSide) {
  private static final String CONFIG = "preprocessor_config.json";
  private static final int USUAL_SIDE = 1024;
  private static final int LARGEST_SIDE = 8192;

  /**
   * @throws EvaluationException if the folder does not hold one encoder and one decoder
   */
  static SamExport in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new EvaluationException(
          folder + " is not a folder. Name the folder of an ONNX export of Segment Anything.");
    }
    Path graphs = Files.isDirectory(folder.resolve("onnx")) ? folder.resolve("onnx") : folder;
    return new SamExport(
        folder.toAbsolutePath().normalize().getFileName().toString(),
        // optimum's decoder has both words in its name.
        one(graphs, name -> name.contains("encoder") && !name.contains("decoder"), "encoder"),
        one(graphs, name -> name.contains("decoder"), "decoder"),
        side(folder));
  }

  private interface Choice {
    boolean of(String name);
  }

  private static Path one(Path folder, Choice choice, String what) {
    List<Path> found;
    try (Stream<Path> files = Files.list(folder)) {
      found =
          files
              .filter(
                  file -> {
                    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
                    return name.endsWith(".onnx") && choice.of(name);
                  })
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new EvaluationException("Cannot read the folder " + folder + ": " + e.getMessage(), e);
    }
    if (found.size() != 1) {
      throw new EvaluationException(
          folder
              + (found.isEmpty() ? " holds no " : " holds more than one ")
              + what
              + " of Segment Anything: it must have one graph *encoder*.onnx and one *decoder*.onnx,"
              + " as segment_anything's export script and optimum's ONNX export write them.");
    }
    return found.get(0);
  }

  private static int side(Path folder) {
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      return USUAL_SIDE;
    }
    try {
      int side =
          new ObjectMapper()
              .readTree(file.toFile())
              .path("size")
              .path("longest_edge")
              .asInt(USUAL_SIDE);
      if (side < 1 || side > LARGEST_SIDE) {
        throw new EvaluationException(
            file + ": \"longest_edge\" is not from 1 to " + LARGEST_SIDE + " pixels.");
      }
      return side;
    } catch (IOException e) {
      throw new EvaluationException("Cannot read " + file + ": " + e.getMessage() + ".", e);
    }
  }
}
