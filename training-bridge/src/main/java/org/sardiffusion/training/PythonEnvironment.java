package org.sardiffusion.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The pinned Python environment that the trainer and the exporter run in.
 *
 * @param project the folder {@code training-bridge/python} of this project
 * @param python the interpreter that has {@code sar_trainer} installed
 */
public record PythonEnvironment(Path project, Path python) {
  private static final int LAST_WORDS = 20;

  /**
   * The environment that {@code setup.sh} makes beside the Python sources; it need not exist yet.
   *
   * @throws TrainingBridgeException if {@code project} does not hold the Python sources
   */
  public static PythonEnvironment in(Path project) {
    if (!Files.isRegularFile(project.resolve("setup.sh"))) {
      throw new TrainingBridgeException(
          project
              + " does not hold the Python sources of sar-diffusion (no setup.sh). Exporting and training need a"
              + " checkout of the project; point SAR_DIFFUSION_HOME to one.");
    }
    return new PythonEnvironment(project, project.resolve(".venv/bin/python"));
  }

  /** Whether {@code setup.sh} has made the environment. */
  public boolean isSetUp() {
    return Files.isExecutable(python);
  }

  /**
   * Installs what is missing, from the lock file; quick when all is there.
   *
   * @param output receives the lines that the installation prints
   * @throws TrainingBridgeException if it fails; the message carries the last lines
   */
  public void provision(Consumer<String> output) {
    check("Setting up Python", run(List.of("sh", project.resolve("setup.sh").toString()), output));
  }

  /**
   * Runs {@code sar-trainer} with {@code arguments} and waits for it.
   *
   * @param output receives the lines that it prints
   * @throws TrainingBridgeException if it fails; the message carries the last lines
   */
  public void trainer(List<String> arguments, Consumer<String> output) {
    List<String> command = new ArrayList<>(List.of(python.toString(), "-m", "sar_trainer"));
    command.addAll(arguments);
    check("sar-trainer " + arguments.get(0), run(command, output));
  }

  /** How a process ended. */
  private record Ending(int status, List<String> lastWords) {}

  private Ending run(List<String> command, Consumer<String> output) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PYTHONUNBUFFERED", "1");
    Deque<String> tail = new ArrayDeque<>();
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new TrainingBridgeException("Can't start " + command.get(0) + ": " + e.getMessage(), e);
    }
    // A cancelled export must not go on in the background, holding memory and writing files.
    Thread reaper = new Thread(process::destroy, "stop-python");
    Runtime.getRuntime().addShutdownHook(reaper);
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.accept(line);
        tail.addLast(line);
        if (tail.size() > LAST_WORDS) {
          tail.removeFirst();
        }
      }
      return new Ending(process.waitFor(), List.copyOf(tail));
    } catch (IOException e) {
      throw new TrainingBridgeException(
          "Lost contact with " + command.get(0) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrainingBridgeException("Interrupted while waiting for " + command.get(0) + ".", e);
    } finally {
      process.destroy();
      try {
        Runtime.getRuntime().removeShutdownHook(reaper);
      } catch (IllegalStateException e) {
        // The JVM is shutting down: the hook is running.
      }
    }
  }

  private static void check(String what, Ending ending) {
    if (ending.status() != 0) {
      throw new TrainingBridgeException(
          what
              + " failed with exit code "
              + ending.status()
              + ". Its last words:\n  "
              + String.join("\n  ", ending.lastWords()));
    }
  }
}
