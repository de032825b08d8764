package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertEquals(1, again.status());
    assertTrue(again.err().contains("already exists"), again.err());
  }
}
