package org.sardiffusion.training.internal.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.training.TrainingBridgeException;
import org.sardiffusion.training.configuration.ConfigurationException;
import org.sardiffusion.training.configuration.Problem;
import org.sardiffusion.training.run.RunFolder;
import org.sardiffusion.training.run.TrainingEvent;
import org.sardiffusion.training.run.TrainingFailedException;
import org.sardiffusion.training.run.TrainingRequest;

/**
 * The bad end of a trainer.
 *
 * @param request what it was to do
 * @param status its exit status; above 128, a signal ended it
 * @param last its last event
 * @param lastWords the last lines of its log
 */
public record Ending(
    TrainingRequest request, int status, TrainingEvent last, List<String> lastWords) {
  private static final int REFUSED = 2;
  private static final int SIGNAL = 128;
  private static final int SIGKILL = 9;

  /** What is thrown for it; {@code folder} is what it left behind. */
  public TrainingBridgeException exception(RunFolder folder) {
    Optional<Problem> blamed =
        last instanceof TrainingEvent.Failed failed
            ? failed.key().map(key -> request.configuration().problem(key, whole(failed)))
            : Optional.empty();
    if (status == REFUSED && blamed.isPresent()) {
      return new ConfigurationException(request.configuration().source(), List.of(blamed.get()));
    }
    List<String> lines = new ArrayList<>();
    if (last instanceof TrainingEvent.Failed failed) {
      lines.add("The trainer failed: " + whole(failed));
      blamed.ifPresent(
          problem ->
              lines.add(
                  "  the place in the configuration: " + problem.where() + ", " + problem.key()));
    } else {
      lines.add(unannounced());
    }
    List<String> words = newWords();
    if (!words.isEmpty()) {
      lines.add("Its last words (" + folder.log() + "):");
      words.forEach(word -> lines.add("  " + word));
    }
    boolean resumable = folder.state() == RunFolder.State.INTERRUPTED;
    if (resumable) {
      lines.add("The run is kept in " + folder.path() + "; " + folder.continuation());
    }
    return new TrainingFailedException(String.join("\n", lines), resumable);
  }

  private static String whole(TrainingEvent.Failed failed) {
    return failed.hint().map(hint -> failed.message() + " " + hint).orElse(failed.message());
  }

  private String unannounced() {
    if (status == SIGNAL + SIGKILL) {
      return "The trainer was killed (SIGKILL). If nobody did that, the system did because its memory was full: lower"
          + " training.batch and raise training.accumulation instead, or set training.gradient_checkpointing: true.";
    }
    if (status > SIGNAL) {
      return "The trainer was ended by signal " + (status - SIGNAL) + ".";
    }
    return status == 0
        ? "The trainer ended without finishing its run."
        : "The trainer failed with exit code " + status + ".";
  }

  /** Its last words, but for what the event has told already. */
  private List<String> newWords() {
    if (!(last instanceof TrainingEvent.Failed failed)) {
      return lastWords;
    }
    return lastWords.stream()
        .filter(word -> !failed.message().contains(word.strip().replaceFirst("^error: ", "")))
        .filter(word -> !word.contains(failed.message()))
        .toList();
  }
}
