package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command export, on the way back; the way there is tested where the exporter is. */
class ExportCommandTest {
  private static final String HOME = "sardiffusion.home";
  private static String before;

  @TempDir private Path temporary;

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

  @Test
  void theDefaultModelBecomesADiffusersFolder() throws IOException {
    String python = TinyTraining.python().toString();
    Path folder = temporary.resolve("back");
    List<String> arguments =
        List.of("export", "--to-diffusers", "default", folder.toString(), "--python", python);
    CommandRun run = CommandRun.of(arguments);
    assertEquals(0, run.status(), run.err());
    for (String network : List.of("unet", "vae", "controlnet")) {
      Path weights = folder.resolve(network).resolve("diffusion_pytorch_model.safetensors");
      assertTrue(Files.size(weights) > 1 << 20, network);
    }
    CommandRun again = CommandRun.of(arguments);
    assertEquals(2, again.status());
    assertTrue(again.err().contains("already exists"), again.err());
  }

  /** An interpreter that can't run shows that it is not asked. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gone | new || There is no folder",
        "source | new | --dtype int8 | --dtype is fp32 or fp16, not int8.",
        "source | new | --optimize tpu | --optimize is cuda or none, not tpu.",
        "source | new | --card gone.yaml | There is no file gone.yaml",
        "source | new | --controlnet gone | There is no folder gone",
        "source | source | --overwrite | holds what is exported",
        "source | . | --overwrite | holds what is exported",
        "source | other || already exists",
        "gone | new | --to-diffusers | There is no folder",
        "source | other | --to-diffusers | already exists",
      })
  void argumentsAreCheckedBeforePythonIsLookedFor(
      String source, String bundle, String options, String said) throws IOException {
    Files.createDirectory(temporary.resolve("source"));
    Files.createDirectory(temporary.resolve("other"));
    Path python = Files.createFile(temporary.resolve("python"));
    List<String> arguments = new ArrayList<>(List.of("export"));
    if (options != null) {
      arguments.addAll(List.of(options.split(" ")));
    }
    arguments.add(temporary.resolve(source).toString());
    arguments.add(temporary.resolve(bundle).normalize().toString());
    arguments.addAll(List.of("--python", python.toString()));
    CommandRun run = CommandRun.of(arguments);
    assertEquals(2, run.status(), run.err());
    assertTrue(run.err().contains(said), run.err());
    assertFalse(Files.exists(temporary.resolve("new")));
  }
}
