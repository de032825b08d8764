package org.sardiffusion.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A short question to another program. */
final class ChildProcess {
  /** A driver that hangs must not hang its examination. */
  private static final long PATIENCE_SECONDS = 10;

  private ChildProcess() {}

  /** What the program prints, stripped; empty if it is not there, fails, hangs or says nothing. */
  static Optional<String> output(List<String> command) {
    Path file = null;
    try {
      file = Files.createTempFile("sar-diffusion-doctor-", ".txt");
      // Into a file: a pipe that nobody reads while waiting could fill.
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(file.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(file.toFile()))
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      String reported = Files.readString(file, StandardCharsets.UTF_8).strip();
      return process.exitValue() == 0 && !reported.isEmpty()
          ? Optional.of(reported)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      if (file != null) {
        file.toFile().delete();
      }
    }
  }
}
