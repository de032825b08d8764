package org.sardiffusion.geo.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.place.Crs;

/** What only a process of its own can show: a full disk, Ctrl-C, a first start. */
class ChildProcessTest {
  @TempDir Path folder;

  /** The programs that the tests start. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws Exception {
      try {
        switch (arguments[0]) {
          case "write" ->
              ImageFiles.write(Samples.file(Path.of(arguments[1])), Samples.speckle(300, 300));
          case "hang" -> {
            Runtime.getRuntime().addShutdownHook(new Thread(AtomicOutput::abandonAll));
            AtomicOutput.write(
                Path.of(arguments[1]),
                1,
                file -> {
                  Files.writeString(file, "half");
                  System.out.println("writing");
                  pause();
                });
          }
          default -> System.out.println(Crs.of(arguments[0]).codeAndName());
        }
      } catch (SarDiffusionException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }

    private static void pause() throws IOException {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /** On a real file system of 64 KiB, in a mount namespace of its own: no rights are needed. */
  @ParameterizedTest
  @ValueSource(strings = {"x.tif", "x.png", "x.npy"})
  void aFullDiskIsNamedAndKeepsTheFormerFile(String name) throws Exception {
    Process probe =
        new ProcessBuilder("sh", "-c", "unshare -rm mount -t tmpfs -o size=64k none " + folder)
            .redirectErrorStream(true)
            .start();
    assumeTrue(probe.waitFor() == 0, "no mount namespaces for this user");
    Path file = folder.resolve(name);
    String script =
        "mount -t tmpfs -o size=64k none %s && echo former > %s && %s; ls -A %s; cat %s"
            .formatted(
                folder,
                file,
                String.join(" ", java("write", file.toString())).replace("$", "\\$"),
                folder,
                file);
    String output = run("unshare", "-rm", "sh", "-c", script);
    assertTrue(output.startsWith("DiskFullException: No space left to write " + file), output);
    assertTrue(output.matches("(?s).*needs up to \\d+.*60.0 KiB are free.*"), output);
    assertTrue(output.endsWith(name + "\nformer\n"), output);
    assertEquals(2 + 1, output.lines().count(), output);
  }

  @Test
  void anInterruptLeavesNothing() throws Exception {
    Path file = folder.resolve("a/x.bin");
    Process process = new ProcessBuilder(java("hang", file.toString())).start();
    assertEquals("writing", process.inputReader().readLine());
    // SIGTERM, which runs the same hooks as Ctrl-C.
    process.destroy();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    try (var left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void twoProcessesMayUnpackTheRegisterAtOnceAndSayNothing() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<String> command = java("EPSG:32631");
      command.add(1, "-Djava.io.tmpdir=" + folder);
      processes.add(new ProcessBuilder(command).redirectErrorStream(true).start());
    }
    for (Process process : processes) {
      assertEquals("EPSG:32631 (WGS 84 / UTM zone 31N)\n", output(process));
      assertEquals(0, process.waitFor());
    }
    try (var unpacked = Files.list(folder)) {
      assertEquals(1, unpacked.count());
    }
  }

  @Test
  void aRegisterThatCannotBeUnpackedIsExplained() throws Exception {
    List<String> command = java("EPSG:32631");
    Path file = Files.createFile(folder.resolve("no-folder"));
    command.add(1, "-Djava.io.tmpdir=" + file);
    String output = output(new ProcessBuilder(command).redirectErrorStream(true).start());
    assertTrue(output.startsWith("PlacementException: The EPSG register could not be"), output);
    assertEquals(1, output.lines().count(), output);
  }

  private static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Djava.awt.headless=true");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Program.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private static String run(String... command) throws Exception {
    return output(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
