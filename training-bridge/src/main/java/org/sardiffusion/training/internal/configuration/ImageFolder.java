package org.sardiffusion.training.internal.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.geo.TableException;
import org.sardiffusion.geo.table.JsonLine;

/**
 * A training set in Hugging Face's {@code imagefolder} layout, as far as it can be judged without
 * reading pixels.
 *
 * @param images how many images its {@code metadata.jsonl} names
 * @param faults what is wrong with it, at most {@value #MOST_FAULTS} and how many more
 */
public record ImageFolder(int images, List<String> faults) {
  private static final int MOST_FAULTS = 5;
  private static final String METADATA = "metadata.jsonl";

  /** Looks at a folder; never fails, what is wrong are faults. */
  public static ImageFolder at(Path folder) {
    if (!Files.isDirectory(folder)) {
      return new ImageFolder(0, List.of("there is no folder " + folder + "."));
    }
    Path metadata = folder.resolve(METADATA);
    if (!Files.isRegularFile(metadata)) {
      return new ImageFolder(
          0,
          List.of(
              folder + " has no " + METADATA + "; \"sar-diffusion dataset\" makes such folders."));
    }
    List<String> faults = new ArrayList<>();
    int images = 0;
    int line = 0;
    try (BufferedReader reader = Files.newBufferedReader(metadata, StandardCharsets.UTF_8)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        line++;
        if (!text.isBlank()) {
          images++;
          String fault = fault(folder, new JsonLine(metadata, line, text));
          if (!fault.isEmpty()) {
            faults.add(metadata + ":" + line + ": " + fault);
          }
        }
      }
    } catch (IOException e) {
      faults.add(metadata + " can't be read after line " + line + ": " + e.getMessage() + ".");
    }
    if (images == 0 && faults.isEmpty()) {
      faults.add(metadata + " names no image.");
    }
    return new ImageFolder(images, shortened(faults));
  }

  private static String fault(Path folder, JsonLine line) {
    JsonNode entry;
    try {
      entry = line.object();
    } catch (TableException e) {
      return e.problem();
    }
    String name = entry.path("file_name").asText();
    if (name.isEmpty()) {
      return "has no file_name.";
    }
    JsonNode caption = entry.has("text") ? entry.path("text") : entry.path("caption");
    if (!caption.isTextual() || caption.asText().isBlank()) {
      return name + " has no caption: give it a text.";
    }
    try {
      return Files.isRegularFile(folder.resolve(name)) ? "" : name + " is missing.";
    } catch (InvalidPathException e) {
      return "\"" + name + "\" is not a file name.";
    }
  }

  private static List<String> shortened(List<String> faults) {
    if (faults.size() <= MOST_FAULTS) {
      return List.copyOf(faults);
    }
    List<String> few = new ArrayList<>(faults.subList(0, MOST_FAULTS));
    few.add("and " + (faults.size() - MOST_FAULTS) + " more lines like these.");
    return List.copyOf(few);
  }
}
