package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals sent to a real process, while it loads and while it generates. */
class InterruptionTest {
  private static final Path BUNDLE = Path.of("../runtime/src/test/resources/bundles/eps-vae8");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"INT, 130, 300", "INT, 130, 2500", "TERM, 143, 2500"})
  void leavesNothingBehind(String signal, int status, long delayMillis) throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "needs the tools of Linux");
    Process process = start();
    try {
      Thread.sleep(delayMillis);
      check(process, signal, status);
    } finally {
      process.destroyForcibly();
    }
  }

  private void check(Process process, String signal, int status) throws Exception {
    // A process that has not reached main yet dies of the signal itself, with the same status.
    assertEquals(
        0, new ProcessBuilder("/bin/kill", "-" + signal, "" + process.pid()).start().waitFor());
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still running");
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(status, process.exitValue(), output);
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private Process start() throws IOException {
    // A test run in the background ignores SIGINT, and so would its children. The class path is too
    // long for a command line of which ONNX Runtime must read less than 4096 bytes.
    return new ProcessBuilder(
            "env",
            "--default-signal=INT",
            "CLASSPATH=" + System.getProperty("java.class.path"),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "org.sardiffusion.cli.Main",
            "generate",
            "--model",
            BUNDLE.toAbsolutePath().toString(),
            "--prompt",
            "a field",
            "--steps",
            "900",
            "--count",
            "1000",
            "--out",
            folder.resolve("image.npy").toString())
        .redirectErrorStream(true)
        .start();
  }
}
