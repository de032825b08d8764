package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  /** A batch keeps what is complete, and goes on where it was. */
  @Test
  void aBatchStopsBetweenImages() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "needs the tools of Linux");
    Path list = Files.writeString(folder.resolve("list.csv"), "prompt,count\na field,60\n");
    Path dataset = folder.resolve("dataset");
    List<String> batch =
        List.of("batch", list.toString(), "--out", dataset.toString(), "--steps", "20");
    Process process = start(batch);
    try {
      Path journal = dataset.resolve("journal.jsonl");
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!Files.exists(journal) || Files.readAllLines(journal).size() < 4) {
        assertTrue(process.isAlive() && System.nanoTime() < deadline, "makes nothing");
        Thread.sleep(5);
      }
      assertEquals(
          0, new ProcessBuilder("/bin/kill", "-INT", "" + process.pid()).start().waitFor());
      assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still running");
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(130, process.exitValue(), output);
      assertTrue(output.contains("complete images stay in"), output);
      assertFalse(output.contains("nothing was left behind"), output);
      try (Stream<Path> files = Files.walk(dataset)) {
        assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".part")).toList());
      }
      assertFalse(Files.exists(dataset.resolve("manifest.jsonl")));
    } finally {
      process.destroyForcibly();
    }
    CommandRun resumed =
        CommandRun.of(
            Stream.of(batch, List.of("--model", BUNDLE.toString(), "--resume", "--json"))
                .flatMap(List::stream)
                .toList());
    assertEquals(0, resumed.status(), resumed.err());
    JsonNode json = new ObjectMapper().readTree(resumed.out());
    assertEquals(60, json.get("kept").asInt() + json.get("made").asInt(), resumed.out());
    assertTrue(json.get("kept").asInt() >= 3, resumed.out());
  }

  private Process start() throws IOException {
    return start(
        List.of(
            "generate",
            "--prompt",
            "a field",
            "--steps",
            "900",
            "--count",
            "1000",
            "--out",
            folder.resolve("image.npy").toString()));
  }

  private static Process start(List<String> command) throws IOException {
    // A test run in the background ignores SIGINT, and so would its children. The class path is too
    // long for a command line of which ONNX Runtime must read less than 4096 bytes.
    List<String> all =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT",
                "CLASSPATH=" + System.getProperty("java.class.path"),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "org.sardiffusion.cli.Main"));
    all.addAll(command);
    all.addAll(List.of("--model", BUNDLE.toAbsolutePath().toString()));
    return new ProcessBuilder(all).redirectErrorStream(true).start();
  }
}
