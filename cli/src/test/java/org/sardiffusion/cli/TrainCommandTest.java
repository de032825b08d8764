package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command train: what it prints, and the codes that it exits with. */
class TrainCommandTest {
  private static final String HOME = "sardiffusion.home";
  private static String before;

  @TempDir private Path folder;
  private TinyTraining training;

  @BeforeAll
  static void findPython() {
    before = System.getProperty(HOME, "");
    System.setProperty(HOME, TinyTraining.HOME.toString());
  }

  @AfterAll
  static void forgetPython() {
    if (before.isEmpty()) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, before);
    }
  }

  @BeforeEach
  void layOut() throws IOException {
    training = TinyTraining.in(folder);
  }

  @Test
  void trainsAndTellsProgramsAboutIt() throws IOException {
    Path python = training.trainer("");
    CommandRun run = train("--python", python, "--json", "--set", "training.steps=8");
    assertEquals(0, run.status(), run.err());
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertEquals("finished", json.path("state").asText());
    assertEquals(8, json.path("step").asInt());
    assertEquals(run().resolve("bundle").toString(), json.path("bundle").asText());
    assertTrue(json.path("loss").asDouble() > 0);
    assertTrue(Files.isRegularFile(run().resolve("bundle/model.onnx")));
    assertTrue(run.err().contains("step 1/8  epoch 1  loss "), run.err());
    assertTrue(run.err().contains("step 8/8  epoch 3  loss "), run.err());
    assertTrue(run.err().contains("sar-diffusion: step 3: checkpoint "), run.err());
    // The copy of the configuration has the setting, and paths that hold from anywhere.
    String copy = Files.readString(run().resolve("config.yaml"));
    assertTrue(copy.startsWith("# a tiny run\n") && copy.contains("steps: 8,"), copy);
    assertTrue(copy.contains("model: \"" + folder.resolve("model") + "\""), copy);

    CommandRun again = train("--python", python);
    assertEquals(2, again.status());
    assertTrue(again.err().contains("holds a finished run"), again.err());
    CommandRun quiet =
        train("--python", python, "--quiet", "--resume", "--set", "training.steps=9");
    assertEquals(0, quiet.status(), quiet.err());
    assertEquals("", quiet.out() + quiet.err());
  }

  @Test
  void aFailureSaysHowToGoOn() throws IOException {
    Path python =
        training.script(
            "[ $2 = sar_trainer ] || exit 0\necho '{\"finished\": null}' >\"$6/run.json\"\necho Segmentation fault >&2\nkill -9 $$\n");
    CommandRun run = train("--python", python, "--set", "data.prompt.prefix=a b");
    assertEquals(1, run.status(), run.err());
    assertTrue(run.err().contains("The trainer was killed (SIGKILL)"), run.err());
    assertTrue(run.err().contains("\n  Segmentation fault\n"), run.err());
    assertTrue(
        run.err()
            .contains(
                "Go on with: sar-diffusion train %s --out %s --python %s --set 'data.prompt.prefix=a b' --resume\n"
                    .formatted(training.configuration(), run(), python)),
        run.err());
  }

  @Test
  void aDryRunChecksAndStartsNothing() throws IOException {
    CommandRun run = train("--dry-run", "--python", training.script("exit 1"));
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("trained  vae_encoder (full), vae_decoder (full)"), run.out());
    assertTrue(run.out().contains("steps    40 of 2 images each"), run.out());
    JsonNode json = new ObjectMapper().readTree(train("--dry-run", "--json").out());
    assertEquals("planned", json.path("state").asText());
    assertEquals(6, json.path("images").asInt());
    assertFalse(Files.exists(run()));
  }

  @Test
  void theEmbeddedModelCanBeTrained() {
    CommandRun run = train("--dry-run", "--model", "default", "--json");
    assertEquals(0, run.status(), run.err());
    CommandRun printed = train("--print", "--model", "default");
    assertTrue(printed.out().contains("model: \"" + ModelFolder.ofDefault() + "\""), printed.out());
  }

  @Test
  void theConfigurationIsPrintedWithItsSettings() {
    CommandRun run = train("--print", "--set", "training.steps=7", "--model", Path.of("other"));
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().startsWith("# a tiny run\nversion: 1\n"), run.out());
    assertTrue(run.out().contains("model: \"other\"\n"), run.out());
    assertTrue(run.out().contains("training: {steps: 7, batch: 2, threads: 1}\n"), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --set training.bach=2      | 2 | --set training.bach=2: training.bach: unknown key; did you mean "batch"?
          --set training             | 2 | is not KEY=VALUE
          --set data.train=nowhere   | 2 | there is no folder
          --resume                   | 2 | There is no run
          --python no-such-python    | 1 | Can't start no-such-python
          --python ./no-such-python  | 1 | is not a program
          --preset whale             | 2 | Say what to train
          --stepz 3                  | 2 | --stepz
          """)
  void wrongOptionsAreRefused(String options, int status, String message) {
    CommandRun run = train((Object[]) options.strip().split(" "));
    assertTrue(run.err().startsWith("sar-diffusion: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals(status, run.status(), run.err());
    assertEquals("", run.out());
    assertFalse(Files.exists(run()), "left behind");
  }

  @Test
  void somethingMustBeSaid() {
    assertEquals(2, CommandRun.of("train").status());
    CommandRun unknown = CommandRun.of("train", "--preset", "no-such-preset");
    assertEquals(2, unknown.status());
    assertTrue(unknown.err().contains("there is none of that name"), unknown.err());
    assertEquals(0, CommandRun.of("train", "--list-presets").status());
  }

  private Path run() {
    return folder.resolve("run");
  }

  private CommandRun train(Object... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", training.configuration().toString(), "--out", run().toString()));
    for (Object option : options) {
      arguments.add(option.toString());
    }
    return CommandRun.of(arguments);
  }
}
