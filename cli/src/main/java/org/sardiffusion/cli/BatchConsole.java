package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.sardiffusion.pipelines.batch.BatchListener;
import org.sardiffusion.pipelines.plan.PlannedImage;

/** The console of a batch. */
final class BatchConsole extends Console implements BatchListener {
  private static final int MOST_FAILURES = 5;

  private int total;
  private int done;
  private int failures;

  BatchConsole(PrintWriter err, boolean quiet) {
    super(err, quiet);
  }

  @Override
  public synchronized void started(Start start) {
    total = start.planned() - start.complete();
    if (start.complete() > 0) {
      say("continuing: " + start.complete() + " of " + start.planned() + " images are complete.");
    }
    if (start.damaged() > 0) {
      say(
          start.damaged()
              + (start.damaged() == 1 ? " image was" : " images were")
              + " changed or lost, and are made again.");
    }
    stage("Loading the model");
  }

  @Override
  public synchronized void made(PlannedImage image, Path file) {
    advance();
  }

  @Override
  public synchronized void failed(PlannedImage image, String reason) {
    failures++;
    if (failures <= MOST_FAILURES) {
      say("line " + image.line() + ": " + reason);
    } else if (failures == MOST_FAILURES + 1) {
      say("more images fail; failures.jsonl will list them.");
    }
    advance();
  }

  @Override
  public synchronized void paused(String reason) {
    // Also where nobody wants progress: a batch that stands still must say so.
    insist("paused. " + reason + " The batch goes on by itself.");
  }

  @Override
  public synchronized void resumed() {
    insist("there is space again; going on.");
  }

  private void advance() {
    done++;
    advanced("Batch", done, Math.max(done, total));
  }
}
