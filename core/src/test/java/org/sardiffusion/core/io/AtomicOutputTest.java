package org.sardiffusion.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicOutputTest {
  @TempDir Path folder;

  @Test
  void writesAndReplaces() throws IOException {
    Path target = folder.resolve("x");
    AtomicOutput.write(target, 1, file -> Files.writeString(file, "one"));
    AtomicOutput.write(target, 1, file -> Files.writeString(file, "two"));
    assertEquals("two", Files.readString(target));
    assertEquals(List.of(target), list(folder));
  }

  @Test
  void aFailureLeavesTheFormerFileAndNothingElse() throws IOException {
    Path target = folder.resolve("x");
    Files.writeString(target, "former");
    AtomicOutput.Body failing =
        file -> {
          Files.writeString(file, "half");
          throw new IOException("the cable broke");
        };
    String message =
        assertThrows(OutputException.class, () -> AtomicOutput.write(target, 1, failing))
            .getMessage();
    assertTrue(message.contains(target.toString()) && message.contains("the cable broke"), message);
    assertEquals("former", Files.readString(target));
    assertEquals(List.of(target), list(folder));
  }

  @Test
  void cancellationLeavesNothing() throws IOException {
    AtomicOutput.Body cancelled =
        file -> {
          throw new org.sardiffusion.core.run.CancelledException();
        };
    Path target = folder.resolve("a/b/x");
    assertThrows(
        org.sardiffusion.core.run.CancelledException.class,
        () -> AtomicOutput.write(target, 1, cancelled));
    assertEquals(List.of(), list(folder));
  }

  @Test
  void sweepsWhatKilledProcessesLeft() throws Exception {
    Process gone =
        new ProcessBuilder(ProcessHandle.current().info().command().get(), "-version")
            .redirectErrorStream(true)
            .start();
    gone.getInputStream().readAllBytes();
    gone.waitFor();
    Path below = Files.createDirectory(folder.resolve("a"));
    Path left = Files.createFile(ofProcess(below, gone.pid()));
    Path parent = Files.createFile(ofProcess(below, ProcessHandle.current().parent().get().pid()));
    Path elsewhere =
        Files.createFile(below.resolve(".sar-diffusion-0123456789ab-" + gone.pid() + "-1.part"));
    Path other = Files.createFile(below.resolve(".sar-diffusion-x.part"));
    try (AtomicOutput open = AtomicOutput.open(below.resolve("x"))) {
      AtomicOutput.sweep(folder);
      assertTrue(Files.exists(open.temporary()), "that of this process is in use");
    }
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(parent), "its process lives");
    assertTrue(Files.exists(elsewhere), "its process may live on another machine");
    assertTrue(Files.exists(other), "it is somebody else's");
  }

  private static Path ofProcess(Path folder, long pid) {
    try (AtomicOutput mine = AtomicOutput.open(folder.resolve("mine"))) {
      String name = mine.temporary().getFileName().toString();
      return folder.resolve(name.replaceFirst("-\\d+-\\d+\\.part$", "-" + pid + "-1.part"));
    }
  }

  @Test
  void makesParentsAndKeepsThoseThatWereThere() throws IOException {
    Files.createDirectory(folder.resolve("a"));
    AtomicOutput.probe(folder.resolve("a/b/c/x"));
    assertEquals(List.of(), list(folder.resolve("a")));
    AtomicOutput.write(folder.resolve("a/b/c/x"), 1, file -> Files.writeString(file, "x"));
    assertEquals("x", Files.readString(folder.resolve("a/b/c/x")));
  }

  @Test
  void refusesFoldersAndPathsThroughFiles() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    assertRefused(folder, "it is a folder");
    assertRefused(folder.resolve("file/x"), "not a folder");
    assertRefused(folder.resolve("file/y/x"), "cannot be made");
  }

  @Test
  void refusesDevices() {
    assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full here");
    assertRefused(Path.of("/dev/full"), "device");
    assumeTrue(Files.isDirectory(Path.of("/proc")), "no /proc here");
    assertRefused(Path.of("/proc/x"), "Cannot write /proc/x: the file system refused it.");
  }

  @Test
  void refusesReadOnlyFilesAndFolders() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assumeTrue(file.toFile().setReadOnly(), "no permissions on this file system");
    assumeFalse(Files.isWritable(file), "this user may write everywhere");
    assertRefused(file, "read-only");
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assertTrue(closed.toFile().setReadOnly());
    assertRefused(closed.resolve("x"), "no permission");
  }

  @Test
  void refusesNamesThatAreTooLong() {
    assertThrows(
        OutputException.class,
        () ->
            AtomicOutput.write(
                folder.resolve("x".repeat(300)), 1, file -> Files.writeString(file, "x")));
  }

  @Test
  void followsLinks() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "former");
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, real);
    AtomicOutput.write(link, 1, file -> Files.writeString(file, "new"));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(real));
  }

  @Test
  void anAbandonedFileIsNotCommitted() {
    Path target = folder.resolve("x");
    AtomicOutput output = AtomicOutput.open(target);
    output.close();
    assertThrows(OutputException.class, output::commit);
    assertFalse(Files.exists(target));
  }

  private void assertRefused(Path target, String words) {
    String message =
        assertThrows(OutputException.class, () -> AtomicOutput.probe(target)).getMessage();
    assertTrue(message.contains(words), message);
    assertTrue(message.contains(target.toString()), message);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
