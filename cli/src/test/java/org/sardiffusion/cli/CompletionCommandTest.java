package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
  @TempDir private Path folder;
  private Path script;

  @BeforeEach
  void print() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    CommandRun run = CommandRun.of("completion");
    assertEquals(0, run.status());
    assertEquals("", run.err());
    script = Files.writeString(folder.resolve("completion.sh"), run.out());
  }

  private String bash(String... arguments) throws Exception {
    Path output = folder.resolve("output");
    String[] command = new String[arguments.length + 1];
    command[0] = "/bin/bash";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(true, process.waitFor(20, TimeUnit.SECONDS));
    String said = Files.readString(output, StandardCharsets.UTF_8).strip();
    assertEquals(0, process.exitValue(), said);
    return said;
  }

  /** What bash offers when the tabulator is pressed behind the last of {@code words}. */
  private TreeSet<String> completions(String... words) throws Exception {
    String quoted = "'" + String.join("' '", words) + "'";
    String offered =
        bash(
            "-c",
            """
            source %s
            function=$(complete -p sar-diffusion | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
            COMP_WORDS=(%s)
            COMP_CWORD=%d
            "$function" sar-diffusion 2>/dev/null
            echo "${COMPREPLY[@]}"
            """
                .formatted(script, quoted, words.length - 1));
    return new TreeSet<>(Arrays.asList(offered.split("\\s+")));
  }

  @Test
  void isAScript() throws Exception {
    assertEquals("", bash("-n", script.toString()));
  }

  @Test
  void completesCommandsOptionsAndValues() throws Exception {
    assertEquals(new TreeSet<>(List.of("generate")), completions("sar-diffusion", "gen"));
    assertEquals(
        new TreeSet<>(List.of("inspect", "list", "merge", "verify")),
        new TreeSet<>(
            completions("sar-diffusion", "model", "").stream()
                .filter(word -> !word.startsWith("-"))
                .toList()));
    assertEquals(
        new TreeSet<>(List.of("--guidance", "--guidance-interval", "--guidance-rescale")),
        new TreeSet<>(completions("sar-diffusion", "generate", "--gui")));
    assertEquals(
        new TreeSet<>(List.of("unipc", "unipc_karras")),
        completions("sar-diffusion", "generate", "--scheduler", "uni"));
    assertEquals(
        new TreeSet<>(List.of("deflate")),
        completions("sar-diffusion", "generate", "--compression", "de"));
    assertEquals(
        new TreeSet<>(List.of("cpu", "cuda")),
        completions("sar-diffusion", "generate", "--device", "c"));
  }

  @Test
  void completesFiles() throws Exception {
    Path image = Files.createFile(folder.resolve("image.tif"));
    String start = folder.resolve("im").toString();
    for (String option : List.of("--from", "--model", "--out", "--save-latents")) {
      assertEquals(
          new TreeSet<>(List.of(image.toString())),
          completions("sar-diffusion", "generate", option, start),
          option);
    }
  }
}
