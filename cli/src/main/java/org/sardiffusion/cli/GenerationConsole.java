package org.sardiffusion.cli;

import java.io.PrintWriter;
import org.sardiffusion.runtime.diffusion.DiffusionListener;

/** The console of a generation: its progress is that of the denoising steps. */
final class GenerationConsole extends Console implements DiffusionListener {
  private int images = 1;
  private long firstStep;

  GenerationConsole(PrintWriter err, boolean quiet) {
    super(err, quiet);
  }

  void begin(int count) {
    images = count;
    stage("Loading the model");
  }

  @Override
  public synchronized void step(Step step) {
    if (step.firstImage() == 0 && step.index() == 1) {
      firstStep = System.nanoTime();
    }
    String what = images == 1 ? "Generating" : "Image " + (step.firstImage() + 1) + "/" + images;
    long before = (long) step.firstImage() * step.count();
    advanced(what, before + step.index(), (long) images * step.count());
  }

  /** When the first step was done, by {@link System#nanoTime}. */
  synchronized long firstStep() {
    return firstStep;
  }
}
