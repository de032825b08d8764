package org.sardiffusion.training.internal.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.training.configuration.ConfigurationDocument;
import org.sardiffusion.training.configuration.KeyPath;
import org.sardiffusion.training.configuration.Problem;

/** Whether the files and folders that a configuration names are there, and fit what is asked. */
public final class FileCheck {
  private static final KeyPath MODEL = KeyPath.of("model");
  private static final KeyPath TRAIN = KeyPath.of("data.train");
  private static final KeyPath VALIDATION = KeyPath.of("data.validation");
  private static final KeyPath PRIOR = KeyPath.of("diffusion.prior.data");
  private static final KeyPath CONTROLNET = KeyPath.of("controlnet.from");
  private static final KeyPath CARD = KeyPath.of("export.card");

  private final ConfigurationDocument document;
  private final JsonNode values;
  private final Path base;
  private final List<Problem> problems = new ArrayList<>();

  private FileCheck(ConfigurationDocument document, JsonNode values, Path base) {
    this.document = document;
    this.values = values;
    this.base = base;
  }

  /**
   * Everything wrong; values of a wrong type are left to the schema.
   *
   * @param values the document's, with their defaults
   * @param base the folder that relative paths start from
   */
  public static List<Problem> problems(ConfigurationDocument document, JsonNode values, Path base) {
    FileCheck check = new FileCheck(document, values, base);
    check.model();
    check.data();
    check.otherFiles();
    return check.problems;
  }

  /** The path at {@code key}, if there is one there. */
  public static Optional<Path> path(JsonNode values, KeyPath key, Path base) {
    return key.in(values)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .filter(text -> !text.isEmpty() && text.indexOf('\0') < 0)
        .filter(text -> !(key.equals(CONTROLNET) && text.equals("unet")))
        .map(text -> base.resolve(text).normalize());
  }

  private void model() {
    boolean clip = values.path("task").asText().equals("sar-clip");
    String index = clip ? "config.json" : "model_index.json";
    String layout = clip ? "a CLIP in transformers' layout" : "a pipeline in diffusers' layout";
    path(MODEL)
        .ifPresent(
            folder -> {
              if (!Files.isDirectory(folder)) {
                report(MODEL, "there is no folder " + folder + ".");
              } else if (!Files.isRegularFile(folder.resolve(index))) {
                report(MODEL, folder + " has no " + index + "; it must be " + layout + ".");
              }
            });
  }

  private void data() {
    for (KeyPath key : List.of(TRAIN, VALIDATION, PRIOR)) {
      path(key)
          .ifPresent(
              folder -> ImageFolder.at(folder).faults().forEach(fault -> report(key, fault)));
    }
    Optional<Path> train = path(TRAIN);
    if (train.isPresent() && train.equals(path(VALIDATION))) {
      report(VALIDATION, "is the training folder itself; validating on it would mean nothing.");
    }
    // Validation may be smaller: it is looked at image by image.
    double needed = number("training.batch") * number("training.accumulation");
    int images = train.map(folder -> ImageFolder.at(folder).images()).orElse(0);
    if (images > 0 && images < needed) {
      report(
          TRAIN,
          "has %d images, but one step takes %.0f (training.batch x training.accumulation)."
              .formatted(images, needed));
    }
  }

  private void otherFiles() {
    path(CONTROLNET)
        .filter(folder -> !Files.isRegularFile(folder.resolve("config.json")))
        .ifPresent(
            folder -> report(CONTROLNET, folder + " is no ControlNet: it has no config.json."));
    path(CARD)
        .filter(file -> !Files.isRegularFile(file))
        .ifPresent(file -> report(CARD, "there is no file " + file + "."));
  }

  private Optional<Path> path(KeyPath key) {
    return path(values, key, base);
  }

  /** The number at {@code key}, 0 where there is none. */
  private double number(String key) {
    return KeyPath.of(key)
        .in(values)
        .filter(JsonNode::isNumber)
        .map(JsonNode::asDouble)
        .orElse(0.0);
  }

  private void report(KeyPath key, String message) {
    problems.add(document.problem(key, message));
  }
}
