package org.sardiffusion.training.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.sardiffusion.training.TrainingBridgeException;
import org.sardiffusion.training.configuration.ConfigurationException;
import org.sardiffusion.training.configuration.RunConfiguration;
import org.sardiffusion.training.internal.run.Ending;
import org.sardiffusion.training.internal.run.EventReader;
import org.sardiffusion.training.internal.run.TrainerLog;

/**
 * A trainer at work, in a process of its own.
 *
 * <p>Whatever becomes of either process, the run's folder can be continued from its newest
 * checkpoint: the trainer stops by itself, with a checkpoint, when this process is gone.
 */
public final class TrainingRun implements AutoCloseable {
  /** A step on a large model may take this long, and then the checkpoint is written. */
  private static final long PATIENCE_SECONDS = 600;

  private final TrainingRequest request;
  private final Consumer<TrainingEvent> listener;
  private final Process process;
  private final TrainerLog log;
  private final Optional<Path> copy;
  private final Thread reader;
  private volatile boolean cancelled;
  private volatile TrainingEvent last = new TrainingEvent.Message("");
  private volatile RuntimeException trouble;

  private TrainingRun(
      TrainingRequest request,
      Consumer<TrainingEvent> listener,
      Process process,
      TrainerLog log,
      Optional<Path> copy) {
    this.request = request;
    this.listener = listener;
    this.process = process;
    this.log = log;
    this.copy = copy;
    reader = new Thread(this::read, "training-events");
    reader.setDaemon(true);
  }

  /**
   * Starts a trainer. The Python environment must have been provisioned.
   *
   * @param listener receives every event, on a thread of its own; if it throws, the run is
   *     cancelled and {@link #await()} throws the same
   * @throws RunFolderException if the folder does not suit the request: it holds a run already, or
   *     none to resume
   * @throws TrainingBridgeException if the trainer can't be started
   */
  public static TrainingRun start(TrainingRequest request, Consumer<TrainingEvent> listener) {
    request.check();
    Path folder = request.folder().toAbsolutePath();
    TrainerLog log = TrainerLog.in(folder);
    RunConfiguration configuration = request.configuration();
    Optional<Path> copy =
        configuration.file().isPresent() ? Optional.empty() : Optional.of(copy(configuration));
    Path file = configuration.file().or(() -> copy).orElseThrow().toAbsolutePath();
    List<String> arguments =
        new ArrayList<>(
            List.of("train", file.toString(), "--run", folder.toString(), "--json-events"));
    if (request.start() == TrainingRequest.Start.RESUME) {
      arguments.add("--resume");
    }
    ProcessBuilder builder = request.python().command(arguments);
    // Straight into the file: what the trainer says last is kept even when nobody listens any more.
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.file().toFile()));
    try {
      TrainingRun run = new TrainingRun(request, listener, builder.start(), log, copy);
      run.reader.start();
      return run;
    } catch (IOException e) {
      copy.ifPresent(TrainingRun::delete);
      throw new TrainingBridgeException(
          "Can't start " + builder.command().get(0) + ": " + e.getMessage(), e);
    }
  }

  private static Path copy(RunConfiguration configuration) {
    try {
      Path file = Files.createTempFile("sar-diffusion-", ".yaml");
      return Files.writeString(file, configuration.portableText());
    } catch (IOException e) {
      throw new TrainingBridgeException(
          "Can't write the configuration for the trainer: " + e.getMessage(), e);
    }
  }

  /**
   * Waits for the trainer's end.
   *
   * @return how it ended
   * @throws ConfigurationException if the trainer refuses the configuration
   * @throws TrainingFailedException if it failed or was killed
   * @throws InterruptedException if this thread is interrupted; the trainer goes on
   */
  public TrainingOutcome await() throws InterruptedException {
    reader.join();
    int status = process.waitFor();
    if (trouble != null) {
      throw trouble;
    }
    if (status == 0 && last instanceof TrainingEvent.Finished result) {
      return new TrainingOutcome.Finished(result);
    }
    if (last instanceof TrainingEvent.Interrupted stop) {
      return new TrainingOutcome.Interrupted(stop);
    }
    RunFolder folder = RunFolder.at(request.folder());
    if (cancelled && !(last instanceof TrainingEvent.Failed)) {
      // It was told to stop before it could promise to do so in order.
      return new TrainingOutcome.Interrupted(
          new TrainingEvent.Interrupted(folder.step(), folder.checkpoint()));
    }
    throw new Ending(request, status, last, log.lastWords()).exception(folder);
  }

  /**
   * Asks the trainer to finish its step, to write a checkpoint and to stop; returns at once. {@link
   * #await()} tells when it has.
   */
  public void cancel() {
    cancelled = true;
    try {
      // The trainer takes the end of its input as a wish to stop, as it does when this process is
      // killed; a signal would come as a second one after a Ctrl-C, which reaches both.
      process.getOutputStream().close();
    } catch (IOException e) {
      // It is on its way out already.
    }
  }

  /** Ends the trainer on the spot; what it did since its last checkpoint is lost. */
  public void kill() {
    cancelled = true;
    // It exports large components in processes of their own. They die after it, so that it can't
    // start others.
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /** The trainer's process. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /**
   * Makes sure that the trainer is gone: cancelled if it is still at work, killed if that takes too
   * long.
   */
  @Override
  public void close() {
    if (process.isAlive()) {
      cancel();
      boolean gone = false;
      try {
        gone = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!gone) {
        kill();
      }
    }
    copy.ifPresent(TrainingRun::delete);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A leftover in the folder of temporary files.
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        tell(line);
      }
    } catch (IOException e) {
      // The trainer is gone, and await() finds out how.
    }
  }

  /** Passes an event on; once there was trouble, events are only taken off the pipe. */
  private void tell(String line) {
    if (trouble != null) {
      return;
    }
    try {
      TrainingEvent event = EventReader.read(line);
      if (!(event instanceof TrainingEvent.Message || event instanceof TrainingEvent.Unknown)) {
        last = event;
      }
      listener.accept(event);
    } catch (RuntimeException e) {
      trouble = e;
      cancel();
    }
  }
}
