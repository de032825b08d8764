package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.runtime.diffusion.DiffusionListener;

/**
 * Shows a generation's progress and warnings on standard error. Warnings may come from any thread.
 */
final class ConsoleListener implements DiffusionListener {
  private final PrintWriter err;
  private final boolean quiet;
  private final ProgressBar bar;
  private final List<String> warnings = new ArrayList<>();
  private int images;
  private long firstStep;

  ConsoleListener(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
    this.bar = ProgressBar.on(err);
  }

  void begin(int count) {
    images = count;
    if (!quiet) {
      bar.stage("Loading the model");
    }
  }

  @Override
  public synchronized void warning(String message) {
    warnings.add(message);
    if (!quiet) {
      bar.clear();
      err.println("sar-diffusion: " + message);
    }
  }

  @Override
  public synchronized void step(Step step) {
    if (step.firstImage() == 0 && step.index() == 1) {
      firstStep = System.nanoTime();
    }
    if (!quiet) {
      long before = (long) step.firstImage() * step.count();
      String what = images == 1 ? "Generating" : "Image " + (step.firstImage() + 1) + "/" + images;
      bar.step(what, before + step.index(), (long) images * step.count());
    }
  }

  /** Cleans the terminal's line. */
  synchronized void end() {
    if (!quiet) {
      bar.clear();
    }
  }

  /** When the first step was done, by {@link System#nanoTime}. */
  synchronized long firstStep() {
    return firstStep;
  }

  synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }
}
