package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.sardiffusion.pipelines.batch.BatchListener;
import org.sardiffusion.pipelines.plan.PlannedImage;

/** Shows a batch's progress on standard error; hears from two threads. */
final class BatchConsole implements BatchListener {
  private static final int MOST_FAILURES = 5;

  private final PrintWriter err;
  private final boolean quiet;
  private final ProgressBar bar;
  private int total;
  private int done;
  private int failures;

  BatchConsole(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
    this.bar = ProgressBar.on(err);
  }

  @Override
  public synchronized void started(Start start) {
    total = start.planned() - start.complete();
    if (start.complete() > 0) {
      note("continuing: " + start.complete() + " of " + start.planned() + " images are complete.");
    }
    if (start.damaged() > 0) {
      note(
          start.damaged()
              + (start.damaged() == 1 ? " image was" : " images were")
              + " changed or lost, and are made again.");
    }
    if (!quiet) {
      bar.stage("Loading the model");
    }
  }

  @Override
  public synchronized void warning(String message) {
    note(message);
  }

  @Override
  public synchronized void made(PlannedImage image, Path file) {
    advance();
  }

  @Override
  public synchronized void failed(PlannedImage image, String reason) {
    failures++;
    if (failures <= MOST_FAILURES) {
      note("line " + image.line() + ": " + reason);
    } else if (failures == MOST_FAILURES + 1) {
      note("more images fail; failures.jsonl will list them.");
    }
    advance();
  }

  @Override
  public synchronized void paused(String reason) {
    // Also where nobody wants progress: a batch that stands still must say so.
    bar.clear();
    err.println("sar-diffusion: paused. " + reason + " The batch goes on by itself.");
  }

  @Override
  public synchronized void resumed() {
    bar.clear();
    err.println("sar-diffusion: there is space again; going on.");
  }

  private void advance() {
    done++;
    if (!quiet) {
      bar.step("Batch", done, Math.max(done, total));
    }
  }

  private void note(String message) {
    if (!quiet) {
      bar.clear();
      err.println("sar-diffusion: " + message);
    }
  }

  /** Cleans the terminal's line. */
  synchronized void end() {
    if (!quiet) {
      bar.clear();
    }
  }
}
