package org.sardiffusion.training.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sardiffusion.core.text.Spelling;
import org.sardiffusion.training.TrainingBridgeException;

/**
 * The configurations that come with the trainer, one file for each. Model and data in them are
 * placeholders.
 *
 * @param folder where they lie
 */
public record Presets(Path folder) {
  private static final String ENDING = ".yaml";

  /**
   * The presets of a checkout.
   *
   * @param project its folder {@code training-bridge/python}
   */
  public static Presets in(Path project) {
    return new Presets(project.resolve("sar_trainer/presets"));
  }

  /**
   * Their names, sorted.
   *
   * @throws TrainingBridgeException if there is no such folder
   */
  public List<String> names() {
    if (!Files.isDirectory(folder)) {
      throw new TrainingBridgeException(
          "The presets are not in "
              + folder
              + ": training needs a checkout of the project; point SAR_DIFFUSION_HOME to one.");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ENDING))
          .map(name -> name.substring(0, name.length() - ENDING.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new TrainingBridgeException("Can't read the presets in " + folder + ".", e);
    }
  }

  /** What a preset is for: the first line of its opening comment, without its name. */
  public String summary(String name) {
    return preset(name)
        .text()
        .lines()
        .findFirst()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.substring(1).strip())
        .map(line -> line.startsWith(name + ":") ? line.substring(name.length() + 1).strip() : line)
        .orElse("");
  }

  /**
   * One preset, as it lies there.
   *
   * @throws ConfigurationException if there is none of that name
   */
  public ConfigurationDocument preset(String name) {
    String title = "preset " + name;
    if (!names().contains(name)) {
      throw new ConfigurationException(
          title,
          List.of(
              new Problem(
                  title,
                  KeyPath.ROOT,
                  "there is none of that name; "
                      + Spelling.nearest(name, names())
                          .map(near -> "did you mean \"" + near + "\"?")
                          .orElse("there are " + String.join(", ", names()) + "."))));
    }
    try {
      return ConfigurationDocument.parse(title, Files.readString(folder.resolve(name + ENDING)));
    } catch (IOException e) {
      throw new TrainingBridgeException("Can't read " + title + " in " + folder + ".", e);
    }
  }

  /**
   * The setting that puts a model in place of the placeholder.
   *
   * @param origin what messages call it
   */
  public static Setting model(Path folder, String origin) {
    return new Setting(KeyPath.of("model"), text(folder), origin);
  }

  /**
   * The settings that put data in place of the placeholders: a folder with {@code train} and
   * perhaps {@code validation} below it, or a folder of training images.
   *
   * @param origin what messages call them
   */
  public static List<Setting> data(Path folder, String origin) {
    boolean flat = Files.isRegularFile(folder.resolve("metadata.jsonl"));
    Path validation = folder.resolve("validation");
    JsonNode held =
        !flat && Files.isDirectory(validation) ? text(validation) : NullNode.getInstance();
    return List.of(
        new Setting(
            KeyPath.of("data.train"), text(flat ? folder : folder.resolve("train")), origin),
        new Setting(KeyPath.of("data.validation"), held, origin));
  }

  private static JsonNode text(Path path) {
    return TextNode.valueOf(path.toString());
  }
}
