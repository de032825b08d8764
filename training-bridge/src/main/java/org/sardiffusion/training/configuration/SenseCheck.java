package org.sardiffusion.training.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a schema can't say: that files are there, and that values go together. */
final class SenseCheck {
  private static final KeyPath MODEL = KeyPath.of("model");
  private static final KeyPath TRAIN = KeyPath.of("data.train");
  private static final KeyPath VALIDATION = KeyPath.of("data.validation");
  private static final KeyPath PRIOR = KeyPath.of("diffusion.prior.data");
  private static final KeyPath CONTROLNET = KeyPath.of("controlnet.from");
  private static final KeyPath CARD = KeyPath.of("export.card");
  private static final KeyPath COMPONENTS = KeyPath.of("components");

  /** The keys that hold paths. */
  static final List<KeyPath> PATHS = List.of(MODEL, TRAIN, VALIDATION, PRIOR, CONTROLNET, CARD);

  private final ConfigurationDocument document;
  private final Path base;
  private final List<Problem> problems = new ArrayList<>();

  private SenseCheck(ConfigurationDocument document, Path base) {
    this.document = document;
    this.base = base;
  }

  /**
   * Everything wrong; values of a wrong type are left to the schema.
   *
   * @param base the folder that relative paths start from
   */
  static List<Problem> problems(ConfigurationDocument document, Path base) {
    SenseCheck check = new SenseCheck(document, base);
    check.model();
    check.data();
    check.otherFiles();
    check.components();
    check.numbers();
    return check.problems;
  }

  /** The path at {@code key}, if there is one there. */
  static Optional<Path> path(ConfigurationDocument document, KeyPath key, Path base) {
    return document
        .value(key)
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .filter(text -> !text.isEmpty() && text.indexOf('\0') < 0)
        .filter(text -> !(key.equals(CONTROLNET) && text.equals("unet")))
        .map(text -> base.resolve(text).normalize());
  }

  private void model() {
    path(MODEL)
        .ifPresent(
            folder -> {
              boolean clip = text("task").equals("sar-clip");
              String index = clip ? "config.json" : "model_index.json";
              if (!Files.isDirectory(folder)) {
                report(MODEL, "there is no folder " + folder + ".");
              } else if (!Files.isRegularFile(folder.resolve(index))) {
                report(
                    MODEL,
                    folder
                        + " has no "
                        + index
                        + ": it must be "
                        + (clip
                            ? "a CLIP in transformers' layout."
                            : "a pipeline in diffusers' layout."));
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
      report(VALIDATION, "is the folder that is trained on; what it shows would mean nothing.");
    }
    // Validation may be smaller: it is looked at image by image.
    double needed =
        number("training.batch").orElse(1.0) * number("training.accumulation").orElse(1.0);
    int images = train.map(folder -> ImageFolder.at(folder).images()).orElse(0);
    if (images > 0 && images < needed) {
      report(
          TRAIN,
          "has %d images, and a step takes %.0f (training.batch x training.accumulation)."
              .formatted(images, needed));
    }
  }

  private void otherFiles() {
    path(CONTROLNET)
        .filter(folder -> !Files.isRegularFile(folder.resolve("config.json")))
        .ifPresent(folder -> report(CONTROLNET, folder + " holds no ControlNet (no config.json)."));
    path(CARD)
        .filter(file -> !Files.isRegularFile(file))
        .ifPresent(file -> report(CARD, "there is no file " + file + "."));
  }

  private void components() {
    Optional<JsonNode> components = document.value(COMPONENTS).filter(JsonNode::isObject);
    if (components.isEmpty() || document.value(KeyPath.of("token")).isPresent()) {
      return;
    }
    boolean allFrozen =
        components.get().properties().stream()
            .allMatch(entry -> entry.getValue().path("train").asText().equals("frozen"));
    if (allFrozen) {
      report(COMPONENTS, "nothing is trained: set \"train: full\" or \"train: lora\" for one.");
    }
  }

  private void numbers() {
    Optional<JsonNode> timesteps = document.value(KeyPath.of("diffusion.timesteps"));
    if (timesteps.isPresent()
        && timesteps.get().path(0).isNumber()
        && timesteps.get().path(1).isNumber()
        && timesteps.get().path(0).asDouble() >= timesteps.get().path(1).asDouble()) {
      report(KeyPath.of("diffusion.timesteps"), "the first must be smaller than the second.");
    }
    double imageSpacing = number("controlnet.condition.image_spacing").orElse(0.40);
    number("controlnet.condition.spacing")
        .filter(spacing -> spacing <= imageSpacing)
        .ifPresent(
            spacing ->
                report(
                    KeyPath.of("controlnet.condition.spacing"),
                    "must be more than image_spacing (%s): the control image is the coarser one."
                        .formatted(imageSpacing)));
    if (text("training.precision").equals("fp16") && text("training.device").equals("cpu")) {
      report(KeyPath.of("training.precision"), "fp16 does not train on a CPU; use fp32.");
    }
  }

  private Optional<Path> path(KeyPath key) {
    return path(document, key, base);
  }

  private String text(String key) {
    return document.value(KeyPath.of(key)).map(JsonNode::asText).orElse("");
  }

  private Optional<Double> number(String key) {
    return document.value(KeyPath.of(key)).filter(JsonNode::isNumber).map(JsonNode::asDouble);
  }

  private void report(KeyPath key, String message) {
    problems.add(document.problem(key, message));
  }
}
