package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.sardiffusion.training.run.TrainingEvent;

/**
 * The console of a training run: its line is painted over on a terminal, else comes now and then.
 */
final class TrainingConsole extends Console implements Consumer<TrainingEvent> {
  /** How much the newest loss counts in the smoothed one. */
  private static final double NEWEST = 0.05;

  private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

  private Optional<TrainingEvent.Step> last = Optional.empty();
  private double smoothed;
  private double weight;
  private long lastLine;

  TrainingConsole(PrintWriter err, boolean quiet) {
    super(err, quiet);
  }

  @Override
  public synchronized void accept(TrainingEvent event) {
    if (event instanceof TrainingEvent.Step step) {
      step(step);
    } else if (event instanceof TrainingEvent.Started started
        && started.firstStep() <= started.steps()) {
      say(
          "%s on %s, %s values to train, steps %d to %d"
              .formatted(
                  started.task(),
                  started.device(),
                  Quantity.count(
                      started.trainableParameters().values().stream().mapToLong(n -> n).sum()),
                  started.firstStep(),
                  started.steps()));
    } else if (event instanceof TrainingEvent.Validation validation) {
      say("step " + validation.step() + ": " + shown(validation));
    } else if (event instanceof TrainingEvent.Checkpoint checkpoint) {
      say("step " + checkpoint.step() + ": checkpoint " + checkpoint.path());
    } else if (event instanceof TrainingEvent.Stage stage) {
      say(stage.name() + " ...");
    } else if (event instanceof TrainingEvent.Message message) {
      note(message.text());
    } else if (event instanceof TrainingEvent.Unknown unknown) {
      say("the trainer told of \"" + unknown.kind() + "\", which this version does not know");
    }
  }

  private static String shown(TrainingEvent.Validation validation) {
    List<String> parts = new ArrayList<>();
    if (!validation.images().isEmpty()) {
      parts.add(
          validation.images().size() + " images in " + validation.images().get(0).getParent());
    }
    validation.metrics().forEach((name, value) -> parts.add(name + " " + number(value)));
    return parts.isEmpty() ? "validated" : String.join(", ", parts);
  }

  private void step(TrainingEvent.Step step) {
    last = Optional.of(step);
    if (Double.isFinite(step.loss())) {
      smoothed += NEWEST * (step.loss() - smoothed);
      weight += NEWEST * (1 - weight);
    }
    if (quiet) {
      return;
    }
    if (bar.isShown()) {
      bar.line(shown(step));
      return;
    }
    long now = System.nanoTime();
    boolean due = lastLine == 0 || now - lastLine >= NANOS_BETWEEN_LINES;
    if (due || step.step() == step.steps()) {
      lastLine = now;
      line(shown(step));
    }
  }

  /** What matters most comes first, since a narrow terminal cuts the rest. */
  private String shown(TrainingEvent.Step step) {
    return "step %d/%d  epoch %d  loss %s  %s  %s s/step  %s"
        .formatted(
            step.step(),
            step.steps(),
            step.epoch(),
            number(loss()),
            Double.isFinite(step.secondsLeft())
                ? ProgressBar.duration(step.secondsLeft()) + " left"
                : "estimating",
            String.format(Locale.ROOT, "%.3g", step.seconds()),
            rates(step.learningRates()));
  }

  /** One rate where all groups have the same. */
  private static String rates(Map<String, Double> rates) {
    return rates.values().stream().distinct().count() == 1
        ? "rate " + rate(rates.values().iterator().next())
        : rates.entrySet().stream()
            .map(entry -> entry.getKey() + " " + rate(entry.getValue()))
            .collect(Collectors.joining(" "));
  }

  private static String rate(double value) {
    return String.format(Locale.ROOT, "%.1e", value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  /** The last step that was done here. */
  synchronized Optional<TrainingEvent.Step> last() {
    return last;
  }

  /** The loss, averaged over about the last twenty steps; NaN before the first. */
  synchronized double loss() {
    return weight == 0 ? Double.NaN : smoothed / weight;
  }
}
