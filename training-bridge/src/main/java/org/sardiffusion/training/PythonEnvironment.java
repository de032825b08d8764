package org.sardiffusion.training;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.sardiffusion.training.internal.run.Ending;

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
   * An environment that somebody else looks after.
   *
   * @param project the folder {@code training-bridge/python} of this project, whose sources are run
   * @param python the interpreter that has the packages they need; a bare name is looked up in PATH
   * @throws TrainingBridgeException if there is no such program
   */
  public static PythonEnvironment using(Path project, Path python) {
    in(project);
    if (python.getParent() == null) {
      return new PythonEnvironment(project, python);
    }
    Path program = python.toAbsolutePath().normalize();
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      throw new TrainingBridgeException(
          program + " is not a program. Name a Python interpreter, 3.11 or later.");
    }
    return new PythonEnvironment(project, program);
  }

  /**
   * Installs what is missing, from the lock file; quick when all is there. An environment that is
   * not this project's own is only checked.
   *
   * @param output receives the lines that the installation prints
   * @throws TrainingBridgeException if it fails; the message carries the last lines
   */
  public void provision(Consumer<String> output) {
    if (python.equals(in(project).python)) {
      check(
          "Setting up Python",
          run(new ProcessBuilder("sh", project.resolve("setup.sh").toString()), output));
    } else {
      Ending ending = run(module("sar_trainer.environment"), line -> {});
      if (ending.status() != 0) {
        throw new TrainingBridgeException(
            python
                + " can't run the trainer:\n  "
                + String.join("\n  ", ending.lastWords())
                + "\nWithout an interpreter of your own, this project sets up an environment itself.");
      }
    }
  }

  /**
   * Runs {@code sar-trainer} with {@code arguments} and waits for it.
   *
   * @param output receives the lines that it prints
   * @throws TrainingBridgeException if it fails; the message carries the last lines
   */
  public void trainer(List<String> arguments, Consumer<String> output) {
    check("sar-trainer " + arguments.get(0), run(command(arguments), output));
  }

  /** A process, not started yet, that runs {@code sar-trainer} with {@code arguments}. */
  public ProcessBuilder command(List<String> arguments) {
    ProcessBuilder builder = module("sar_trainer");
    builder.command().addAll(arguments);
    return builder;
  }

  private ProcessBuilder module(String name) {
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(List.of(python.toString(), "-m", name)));
    builder.environment().put("PYTHONUNBUFFERED", "1");
    // The sources are always those of this checkout, so that Java and Python fit together.
    builder
        .environment()
        .merge(
            "PYTHONPATH", project.toString(), (old, ours) -> ours + File.pathSeparatorChar + old);
    return builder;
  }

  /** How a process ended. */
  private record Ending(int status, List<String> lastWords) {}

  private Ending run(ProcessBuilder builder, Consumer<String> output) {
    List<String> command = builder.redirectErrorStream(true).command();
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
