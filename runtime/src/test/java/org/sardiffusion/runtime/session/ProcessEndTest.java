package org.sardiffusion.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.text.ClipTokenizer;

/** A process ends in order while its threads load and run graphs, whatever ends it. */
class ProcessEndTest {
  private static final int ENDS = 20;
  private static final Path BUNDLE = TestBundles.folder("optimum");

  @TempDir Path folder;

  /** A user of the library, in a process of its own. */
  public static final class Program {
    private Program() {}

    /**
     * @param arguments how it ends, and after how many milliseconds of loading
     */
    public static void main(String[] arguments) throws Exception {
      // The order in which libraries were loaded is that in which they go.
      ClipTokenizer.load(BUNDLE.resolve("tokenizer"), List.of());
      List<String> parts = List.of("text_encoder", "text_encoder_2", "unet", "vae_decoder");
      CountDownLatch loaded = new CountDownLatch(parts.size());
      for (String part : parts) {
        inBackground(
            part,
            () -> {
              load(part).close();
              loaded.countDown();
            });
      }
      loaded.await();
      Thread.sleep(Long.parseLong(arguments[1]));
      switch (arguments[0]) {
        case "exit" -> System.exit(3);
        case "throw" -> throw new IllegalStateException("an error found early");
        case "terminate" -> {
          new ProcessBuilder("/bin/kill", "-TERM", "" + ProcessHandle.current().pid()).start();
          Thread.sleep(60_000);
        }
        default -> System.out.println("done");
      }
    }

    private static GraphSession load(String part) {
      return GraphSession.open(BUNDLE.resolve(part).resolve("model.onnx"), SessionSettings.cpu());
    }

    private static void inBackground(String name, Runnable work) {
      Thread thread =
          new Thread(
              () -> {
                while (true) {
                  try {
                    work.run();
                  } catch (CancelledException e) {
                    return;
                  }
                }
              },
              name);
      thread.setDaemon(true);
      thread.start();
    }
  }

  @ParameterizedTest
  @CsvSource({"return, 0", "exit, 3", "throw, 1", "terminate, 143"})
  void noEndCrashesUnderGraphsThatAreBeingLoaded(String how, int status) throws Exception {
    for (int i = 0; i < ENDS / 2; i++) {
      Process one = start(how, 8 * i);
      Process other = start(how, 8 * i + 4);
      for (Process process : List.of(one, other)) {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "still running");
        assertEquals(status, process.exitValue(), output);
        assertEquals(how.equals("throw"), output.contains("Exception"), output);
      }
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private Process start(String how, long milliseconds) throws Exception {
    String classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow();
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ErrorFile=" + folder.resolve("hs_err.log"),
                Program.class.getName(),
                how,
                Long.toString(milliseconds))
            .redirectErrorStream(true);
    builder.environment().put("CLASSPATH", classPath);
    return builder.start();
  }
}
