package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the command, in an installation whose program prints what reaches it. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final int SECONDS = 30;
  private static final String NOBODY = "65534";

  @TempDir private Path folder;
  private Path root;
  private Path target;

  /** The program of the installation. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] arguments) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      out.println("home=" + System.getProperty("sardiffusion.home"));
      for (String argument : LongArguments.or(arguments)) {
        out.println("<" + argument + ">");
      }
    }
  }

  @BeforeEach
  void install() throws IOException {
    root = folder.toRealPath().resolve("my tools/sar");
    target = Files.createDirectories(root.resolve("cli/target"));
    Path script = Path.of("..").resolve("sar-diffusion");
    Files.copy(script, root.resolve("sar-diffusion"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(target.resolve("sar-diffusion.jar")), manifest)) {
      for (Class<?> type : List.of(Echo.class, LongArguments.class)) {
        String name = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(name));
        try (InputStream bytes = type.getClassLoader().getResourceAsStream(name)) {
          bytes.transferTo(jar);
        }
      }
    }
    // No archive of classes that this JVM would take: it starts without.
    Files.writeString(target.resolve("sar-diffusion.jsa"), "not an archive");
  }

  private record Run(int status, String out, String err) {}

  private Run run(List<String> prefix, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add(root.resolve("sar-diffusion").toString());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("SAR_DIFFUSION_JAVA_ARGS");
    builder
        .environment()
        .put("TMPDIR", Files.createDirectories(folder.resolve("t m p")).toString());
    Process process = builder.start();
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "it hangs");
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void pathsMayHaveBlanks() throws IOException, InterruptedException {
    Run run = run(List.of(), "--prompt", "a  forest *");
    assertEquals(
        new Run(0, "home=" + root + "\n<--prompt>\n<a  forest *>\n", ""), run, run.toString());
  }

  @Test
  void longArgumentsGoThroughAFileWhosePathMayHaveBlanks()
      throws IOException, InterruptedException {
    String prompt = "forest ".repeat(200);
    Run run = run(List.of(), "--prompt", prompt);
    assertEquals(
        new Run(0, "home=" + root + "\n<--prompt>\n<" + prompt + ">\n", ""), run, run.toString());
  }

  @Test
  void anOutdatedProgramThatCantBeRebuiltRunsAtOnceAndSaysSo()
      throws IOException, InterruptedException {
    outdate();
    // In its place no lock can be made, not even by the superuser.
    Files.writeString(target.resolve("launcher.lock"), "");
    requireFormerProgram(run(List.of(), "--version"));
  }

  @Test
  void anInstallationOfSomebodyElseRuns() throws IOException, InterruptedException {
    outdate();
    List<String> user = List.of();
    if (Files.isWritable(Path.of("/"))) {
      Path setpriv = Path.of("/usr/bin/setpriv");
      assumeTrue(Files.isExecutable(setpriv), "Can't become another user.");
      user = List.of(setpriv.toString(), "--reuid=" + NOBODY, "--clear-groups");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
    requireFormerProgram(run(user, "--version"));
  }

  @Test
  void withoutAProgramItSaysWhoCanBuildIt() throws IOException, InterruptedException {
    Files.delete(target.resolve("sar-diffusion.jar"));
    Files.writeString(target.resolve("launcher.lock"), "");
    Run run = run(List.of(), "--version");
    assertEquals(1, run.status);
    assertEquals(
        "sar-diffusion: it is not built yet, and "
            + target
            + " can't be written: let its owner start it once.\n",
        run.err);
  }

  private void outdate() throws IOException {
    Path source = Files.writeString(root.resolve("pom.xml"), "<project/>");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
  }

  private void requireFormerProgram(Run run) {
    assertEquals(
        new Run(
            0,
            "home=" + root + "\n<--version>\n",
            "sar-diffusion: sources are newer than the program, and "
                + target
                + " can't be written: the former one runs.\n"),
        run,
        run.toString());
  }
}
