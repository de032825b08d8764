package org.sardiffusion.training.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardiffusion.training.Bench;
import org.sardiffusion.training.internal.configuration.SchemaErrors;
import org.sardiffusion.training.internal.configuration.TrainingSchema;
import org.sardiffusion.training.internal.configuration.YamlTree;

/** Wrong configurations: every problem at its place, with what would be right. */
class RunConfigurationTest {
  @TempDir private Path folder;
  private Bench bench;

  @BeforeEach
  void layOut() {
    bench = Bench.in(folder);
  }

  @Test
  void aRightOneTellsWhatWillBeDone() {
    RunConfiguration configuration = RunConfiguration.read(bench.configuration());
    assertEquals("tiny", configuration.name());
    assertEquals("autoencoder", configuration.task());
    assertEquals(folder.resolve("model"), configuration.model());
    assertEquals(6, configuration.images());
    assertEquals(30, configuration.steps());
    assertEquals(Optional.of(bench.configuration()), configuration.file());
  }

  @Test
  void epochsBecomeSteps() throws IOException {
    edit("steps: 30", "epochs: 4\n  accumulation: 2");
    RunConfiguration configuration = RunConfiguration.read(bench.configuration());
    assertEquals(4, configuration.imagesPerStep());
    assertEquals(4, configuration.steps(), "6 images make one whole step an epoch");
  }

  /**
   * Each row replaces the first text by the second in a configuration that is right; then exactly
   * one problem must be found, at a place.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version: 1        | version: 2               | 1:10 | version: must be 1, not 2.
          name: tiny        | name: Tiny Whale         | 2:7  | name: "Tiny Whale" is not valid. Name of
          seed: 3           | sede: 3                  | 5:1  | unknown key; did you mean "seed"?
          task: autoencoder | task: autoencoding       | 3:7  | Did you mean "autoencoder"?
          model: model      | model: nowhere           | 4:8  | there is no folder
          model: model      | model: data              | 4:8  | has no model_index.json
          model: model      | model: 7                 | 4:8  | model: must be text, not 7.
          seed: 3           | seed: -3                 | 5:7  | seed: must be at least 0, not -3.
          seed: 3           | batch: 3                 | 5:1  | unknown key; did you mean training.batch?
          seed: 3           | diffusion: {}            | 5:1  | diffusion: goes with task: diffusion or controlnet only.
          seed: 3           | export: {card: c.yaml}   | 5:16 | export.card: there is no file
          train: data/train | train: data              | 7:10 | has no metadata.jsonl; "sar-diffusion dataset"
          resolution: 32    | resolution: [32, 32, 32] | 8:3 | data.resolution: must not have more than 2 entries.
          resolution: 32    | resolution: big          | 8:15 | must be a whole number or a list, not "big".
          resolution: 32    | resolution: [32, 3.5]    | 8:20 | data.resolution.1: must be a whole number, not 3.5.
          resolution: 32    | resolution: 32\\n  validation: data/train | 9:15 | would mean nothing
          {train: full, learning_rate: 1.0e-3} | {train: lora}           | 10:3  | components.vae_encoder.rank: is missing; train: lora needs one
          {train: full, learning_rate: 1.0e-3} | {train: full, rank: 4}  | 10:30 | goes with train: lora only.
          {train: full, learning_rate: 1.0e-3} | {train: full, learning_rate: fast} | 10:45 | must be a number, not "fast".
          {train: full, learning_rate: 1.0e-3} | {train: full, learning_rate: 0}    | 10:45 | must be more than 0, not 0.
          vae_encoder: {    | unet: {                  | 10:3 | does not go with this task; vae_encoder and vae_decoder do.
          vae_encoder: {    | vae_encodr: {            | 10:3 | unknown key; did you mean "vae_encoder"?
          {crop: 16}        | {crop: 33}               | 12:21 | autoencoder.crop: must not be larger than data.resolution.
          {crop: 16}        | {}                       | 12:1  | autoencoder.crop: must not be larger than data.resolution.
          {crop: 16}        | {crop: 16, losses: {l1: yes}} | 12:38 | autoencoder.losses.l1: must be a number, not true.
          steps: 30         | epochs: 0                | 14:11 | training.epochs: must be at least 1, not 0.
          steps: 30         | steps: 30\\n  epochs: 2  | 15:3 | training.epochs: give either epochs or steps, not both.
          steps: 30         | threads: null            | 13:1 | training.epochs: give either epochs or steps.
          batch: 2          | batch: 7                 | 7:10 | has 6 images, but one step takes 7
          batch: 2          | batch: 2\\n  precision: fp16\\n  device: cpu | 16:14 | fp16 does not train on a CPU
          """)
  void aProblemIsFoundAtItsPlace(String what, String with, String place, String message)
      throws IOException {
    if (with.startsWith("threads")) {
      edit("  threads: 1\n", "");
    }
    edit(what, with.replace("\\n", "\n"));
    ConfigurationException e = refused();
    assertEquals(1, e.problems().size(), e.getMessage());
    Problem problem = e.problems().get(0);
    assertEquals(bench.configuration() + ":" + place, problem.where());
    assertTrue(problem.toString().contains(message), problem.toString());
  }

  @Test
  void allProblemsAreToldAtOnceInTheOrderOfTheFile() throws IOException {
    edit("model: model", "modle: model");
    edit("crop: 16", "corp: 16");
    edit("train: full, learning_rate: 2.0e-3", "train: frozen");
    edit("every: 5", "every: often");
    ConfigurationException e = refused();
    assertEquals(
        List.of("model", "modle", "autoencoder.corp", "checkpoints.every"),
        e.problems().stream().map(problem -> problem.key().toString()).toList(),
        e.getMessage());
    assertTrue(e.getMessage().contains("for 4 reasons"), e.getMessage());
  }

  @Test
  void alternativesAreJudgedByTheOneThatIsMeant() throws IOException {
    edit("task: autoencoder", "task: controlnet");
    edit("autoencoder: {crop: 16}", "controlnet: {condition: {kind: paird}}");
    edit("  vae_encoder: {train: full, learning_rate: 1.0e-3}\n", "");
    edit("vae_decoder", "controlnet");
    ConfigurationException e = refused();
    assertTrue(
        e.getMessage()
            .contains(
                "must be one of low-resolution, edges, segmentation, paired, not \"paird\". Did you mean \"paired\"?"),
        e.getMessage());
    edit("kind: paird", "kind: low-resolution, looks: 0.5, spacing: 0.4");
    e = refused();
    assertEquals(1, e.problems().size(), e.getMessage());
    assertTrue(e.getMessage().contains("looks: must be at least 1, not 0.5."), e.getMessage());
    edit("looks: 0.5", "looks: 2");
    e = refused();
    assertTrue(e.getMessage().contains("must be larger than image_spacing"), e.getMessage());
  }

  @Test
  void nothingToTrainIsAProblem() throws IOException {
    edit("train: full", "train: frozen");
    edit("train: full", "train: frozen");
    assertTrue(refused().getMessage().contains("nothing is trained"));
  }

  @Test
  void dataIsLookedAtLineByLine() throws IOException {
    Path data = folder.resolve("data/train");
    Files.writeString(
        data.resolve("metadata.jsonl"),
        """
        {"file_name": "images/0.png", "text": "a field"}
        {"file_name": "images/1.png"}
        {"file_name": "images/2.png", "text": " "}
        {"file_name": "images/nowhere.png", "caption": "a field"}

        {"text": "a field"}
        {"file_name":
        {"file_name": "images/3.png"}
        {"file_name": "images/4.png"}
        """);
    ConfigurationException e = refused();
    for (String part :
        List.of(
            "metadata.jsonl:2: images/1.png has no caption",
            "metadata.jsonl:3: images/2.png has no caption",
            "metadata.jsonl:4: images/nowhere.png is missing.",
            "metadata.jsonl:6: has no file_name.",
            "metadata.jsonl:7: it is not JSON",
            "and 2 more lines like these.")) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
    Files.writeString(data.resolve("metadata.jsonl"), "\n");
    assertTrue(refused().getMessage().contains("names no image"));
    Files.write(data.resolve("metadata.jsonl"), new byte[] {'{', (byte) 0xFF, '\n'});
    assertTrue(refused().getMessage().contains("can't be read after line 0"));
  }

  @Test
  void settingsAreNamedWhereTheyAreToBlame() {
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class,
            () ->
                RunConfiguration.read(
                    bench.configuration(),
                    List.of(
                        Setting.parse("training.batch=none", "--set training.batch=none"),
                        Setting.parse("model=elsewhere", "--set model=elsewhere"))));
    assertTrue(e.getMessage().contains("--set training.batch=none: training.batch: must be a"));
    assertTrue(e.getMessage().contains("--set model=elsewhere: model: there is no folder"));
  }

  @Test
  void thePortableTextHoldsAnywhere() {
    RunConfiguration configuration =
        RunConfiguration.read(
            bench.configuration(), List.of(Setting.parse("training.batch=3", "request")));
    assertEquals(Optional.empty(), configuration.file());
    RunConfiguration elsewhere =
        RunConfiguration.of(
            ConfigurationDocument.parse("copy", configuration.portableText()), Path.of("/"));
    assertEquals(configuration.model(), elsewhere.model());
    assertEquals(configuration.data(), elsewhere.data());
    assertEquals(3, elsewhere.imagesPerStep());
  }

  @Test
  void filesThatAreNoneAreRefused() throws IOException {
    assertTrue(refused(folder.resolve("nowhere.yaml")).contains("there is no such file."));
    assertTrue(refused(folder).contains("it is a folder."));
    Path binary = Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xC3, 0x28});
    assertTrue(refused(binary).contains("it is not UTF-8 text."));
  }

  @Test
  void presetsAreFilledAndListed() throws IOException {
    Path project = folder.resolve("project");
    Path lies = Files.createDirectories(project.resolve("sar_trainer/presets"));
    String text =
        "# whales at the surface\n"
            + Bench.CONFIGURATION
                .replace("model: model", "model: sdxl")
                .replace("data/train", "dataset/train\n  validation: dataset/validation");
    Files.writeString(lies.resolve("whale-north-8.yaml"), text);
    Presets presets = Presets.in(project);
    assertEquals(List.of("whale-north-8"), presets.names());
    assertEquals("whales at the surface", presets.summary("whale-north-8"));
    ConfigurationDocument document =
        presets.preset("whale-north-8").with(Presets.model(folder.resolve("model"), "request"));
    for (Setting setting : Presets.data(folder.resolve("data"), "request")) {
      document = document.with(setting);
    }
    assertEquals(folder.resolve("data/train"), RunConfiguration.of(document, folder).data());
    assertFalse(document.text().contains("dataset/validation"), document.text());
    bench.images("data/validation", 2);
    assertEquals(
        folder.resolve("data/validation").toString(),
        Presets.data(folder.resolve("data"), "request").get(1).value().asText());
    ConfigurationException e =
        assertThrows(ConfigurationException.class, () -> presets.preset("whale-nroth-8"));
    assertTrue(e.getMessage().contains("did you mean \"whale-north-8\"?"), e.getMessage());
  }

  static List<JsonNode> refusedConfigurations() throws IOException {
    Path file = Bench.PROJECT.resolve("tests/data/refused_configurations.yaml");
    List<JsonNode> cases = new ArrayList<>();
    YamlTree.read("cases", Files.readString(file)).json().forEach(cases::add);
    return cases;
  }

  /** The trainer's tests read the same file: both sides blame the same keys. */
  @ParameterizedTest
  @MethodSource("refusedConfigurations")
  void theSchemaBlamesTheKeyAtFault(JsonNode refused) {
    ObjectNode values = refused.path("base").deepCopy();
    refused
        .path("with")
        .properties()
        .forEach(entry -> values.set(entry.getKey(), entry.getValue()));
    ConfigurationDocument document = ConfigurationDocument.parse("case", values.toString());
    List<String> blamed = new ArrayList<>();
    SchemaErrors.in(document, TrainingSchema.INSTANCE.filled(values))
        .forEach(problem -> blamed.add(problem.key().toString()));
    if (refused.has("key")) {
      assertTrue(blamed.contains(refused.path("key").asText()), blamed.toString());
    } else {
      assertEquals(List.of(), blamed);
    }
  }

  static List<String> presets() {
    return Presets.in(Bench.PROJECT).names();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aPresetNeedsItsPlaceholdersFilledAndNothingElse(String name) throws IOException {
    Path data = folder.resolve("data/train/metadata.jsonl");
    Files.writeString(data, Files.readString(data).repeat(30));
    bench.images("data/validation", 2);
    ConfigurationDocument preset = Presets.in(Bench.PROJECT).preset(name);
    ConfigurationDocument filled = preset.with(Presets.model(folder.resolve("model"), "request"));
    for (Setting setting : Presets.data(folder.resolve("data"), "request")) {
      filled = filled.with(setting);
    }
    RunConfiguration configuration = RunConfiguration.of(filled, folder);
    assertEquals(name, configuration.name());
    assertFalse(Presets.in(Bench.PROJECT).summary(name).isEmpty());
    assertEquals(
        preset.text().lines().filter(line -> line.startsWith("#")).toList(),
        filled.text().lines().filter(line -> line.startsWith("#")).toList(),
        "comments are kept");
    assertEquals(
        180
            / configuration.imagesPerStep()
            * configuration.value(KeyPath.of("training.epochs")).orElseThrow().asInt(),
        configuration.steps());
  }

  private ConfigurationException refused() {
    return assertThrows(
        ConfigurationException.class, () -> RunConfiguration.read(bench.configuration()));
  }

  private static String refused(Path file) {
    return assertThrows(ConfigurationException.class, () -> RunConfiguration.read(file))
        .getMessage();
  }

  private void edit(String what, String with) throws IOException {
    String text = Files.readString(bench.configuration());
    int at = text.indexOf(what);
    assertTrue(at >= 0, what);
    Files.writeString(
        bench.configuration(), text.substring(0, at) + with + text.substring(at + what.length()));
  }
}
