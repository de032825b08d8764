package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.core.run.Progress;

/**
 * What a command tells while it works, on standard error: sentences, and one line that shows how
 * far it is. Any thread may tell.
 */
class Console implements Progress {
  final boolean quiet;
  final ProgressBar bar;
  private final PrintWriter err;
  private final List<String> notes = new ArrayList<>();

  Console(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
    this.bar = ProgressBar.on(err);
  }

  @Override
  public synchronized void note(String message) {
    notes.add(message);
    say(message);
  }

  @Override
  public synchronized void advanced(String stage, long done, long total) {
    if (!quiet) {
      bar.step(stage, done, total);
    }
  }

  /** A sentence for whoever watches: no report repeats it. */
  final synchronized void say(String message) {
    if (!quiet) {
      insist(message);
    }
  }

  /** Likewise, and even where nobody wants progress. */
  final synchronized void insist(String message) {
    bar.clear();
    err.println("sar-diffusion: " + message);
  }

  /** Shows what is being done while no parts of it are counted. */
  final synchronized void stage(String what) {
    if (!quiet) {
      bar.stage(what);
    }
  }

  /** A bare line, for logs. */
  final synchronized void line(String text) {
    err.println(text);
  }

  /** Cleans the terminal's line. */
  final synchronized void end() {
    if (!quiet) {
      bar.clear();
    }
  }

  /** What was noted, for the report. */
  final synchronized List<String> notes() {
    return List.copyOf(notes);
  }
}
