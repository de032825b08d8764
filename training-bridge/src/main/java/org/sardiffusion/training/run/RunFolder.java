package org.sardiffusion.training.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.training.internal.run.Reason;

/**
 * The folder of a run, as it lies on disk; the trainer writes it.
 *
 * @param path the folder
 * @param state how far the run is
 * @param checkpoint the newest complete checkpoint
 */
public record RunFolder(Path path, State state, Optional<Path> checkpoint) {
  /** How far a run is. */
  public enum State {
    /** Not begun: the folder is missing or empty. */
    NEW,
    /** Begun and not finished; whether a trainer is at work now can't be seen. */
    INTERRUPTED,
    /** Finished; more epochs or steps extend it. */
    FINISHED,
    /** A folder of something else. */
    FOREIGN
  }

  private static final String LOG = "trainer.log";

  /** What a trainer leaves that was stopped before its run began. */
  private static final Set<String> TRACES = Set.of(LOG, ".lock", "events.jsonl");

  private static final Pattern CHECKPOINT = Pattern.compile("step-\\d{7,}");

  /**
   * Looks at a folder.
   *
   * @throws RunFolderException if it can't be read
   */
  public static RunFolder at(Path path) {
    try {
      Path record = path.resolve("run.json");
      if (!Files.isRegularFile(record)) {
        return new RunFolder(path, isFree(path) ? State.NEW : State.FOREIGN, Optional.empty());
      }
      JsonNode run = new ObjectMapper().readTree(record.toFile());
      State state = run.path("finished").isObject() ? State.FINISHED : State.INTERRUPTED;
      return new RunFolder(path, state, newest(path.resolve("checkpoints")));
    } catch (IOException e) {
      throw new RunFolderException("Can't read the run in " + path + ": " + Reason.of(e) + ".", e);
    }
  }

  private static boolean isFree(Path path) throws IOException {
    if (Files.notExists(path)) {
      return true;
    }
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.allMatch(entry -> TRACES.contains(entry.getFileName().toString()));
    }
  }

  private static Optional<Path> newest(Path checkpoints) throws IOException {
    if (!Files.isDirectory(checkpoints)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(checkpoints)) {
      return entries
          .filter(entry -> CHECKPOINT.matcher(entry.getFileName().toString()).matches())
          .filter(entry -> Files.isRegularFile(entry.resolve("state.json")))
          .max(Comparator.comparingLong(RunFolder::step));
    }
  }

  private static long step(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("step-".length()));
  }

  /** How many steps the newest checkpoint has behind it; 0 without one. */
  public long step() {
    return checkpoint.map(RunFolder::step).orElse(0L);
  }

  /** The log: what trainers printed besides their events. */
  public Path log() {
    return path.resolve(LOG);
  }

  /** Where the run goes on when it is resumed. */
  public String continuation() {
    return checkpoint.isPresent()
        ? "it goes on from step " + step() + " when it is resumed."
        : "it has no checkpoint yet and begins anew when it is resumed.";
  }

  /**
   * Makes sure that a run can start here.
   *
   * @throws RunFolderException if it can't, with what to do
   */
  void requireFor(TrainingRequest.Start start) {
    if (state == State.FOREIGN) {
      throw new RunFolderException(
          path + " holds something other than a run. Choose another folder for the run.",
          Remedy.choose("out"));
    }
    if (start == TrainingRequest.Start.RESUME && Files.notExists(path)) {
      throw new RunFolderException(
          "There is no run in "
              + path
              + " to resume. Begin one there, or name the folder of another.",
          Remedy.choose("out"));
    }
    if (start == TrainingRequest.Start.NEW && state == State.INTERRUPTED) {
      throw new RunFolderException(
          path
              + " holds a run that is not finished; "
              + continuation()
              + " Resume it, or choose another folder.",
          Remedy.choose("resume"),
          Remedy.choose("out"));
    }
    if (start == TrainingRequest.Start.NEW && state == State.FINISHED) {
      throw new RunFolderException(
          path
              + " holds a finished run. Choose another folder for a new one; to extend this one, raise"
              + " training.epochs or training.steps and resume it.",
          Remedy.choose("out"),
          Remedy.choose("resume"));
    }
  }
}
