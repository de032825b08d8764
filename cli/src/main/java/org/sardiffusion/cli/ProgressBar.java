package org.sardiffusion.cli;

import java.io.PrintWriter;

/**
 * A line on the terminal that shows how far the work is and when it will end; silent where standard
 * error is not a terminal.
 */
final class ProgressBar {
  /** Set by the launcher, which can ask; Java can't tell for standard error alone. */
  private static final boolean TERMINAL = Boolean.getBoolean("sardiffusion.terminal");

  private static final int WIDTH = 30;

  /** A line that wraps could not be painted over. */
  private static final int COLUMNS = 80;

  private final PrintWriter err;
  private final boolean shown;
  private long start = System.nanoTime();
  private long firstStep;
  private long before;
  private int lineLength;

  private ProgressBar(PrintWriter err, boolean shown) {
    this.err = err;
    this.shown = shown;
  }

  /** A bar on {@code err}. */
  static ProgressBar on(PrintWriter err) {
    return new ProgressBar(err, TERMINAL);
  }

  /** Shows what is being done while no steps are counted. */
  void stage(String what) {
    show(String.format("%s ... %s", what, duration(seconds(start))));
  }

  /** Shows a line that says all by itself, cut where it would not fit. */
  void line(String text) {
    show(text.length() < COLUMNS ? text : text.substring(0, COLUMNS - 1));
  }

  /** Whether anybody sees it. */
  boolean isShown() {
    return shown;
  }

  /** Begins to count anew, and leaves {@code done} steps of an earlier run out of the estimate. */
  void restart(long done) {
    start = System.nanoTime();
    firstStep = 0;
    before = done;
  }

  /**
   * Shows {@code done} of {@code total} steps.
   *
   * @param what precedes the bar
   */
  void step(String what, long done, long total) {
    if (firstStep == 0) {
      firstStep = System.nanoTime();
    }
    int filled = (int) (WIDTH * done / total);
    // The first step is left out of the estimate: it pays for the graphs' warm-up.
    String remaining =
        done > before + 1
            ? duration(seconds(firstStep) / (done - before - 1) * (total - done)) + " left"
            : "estimating";
    show(
        String.format(
            "%s [%s%s] %d/%d  %s  %s",
            what,
            "#".repeat(filled),
            "-".repeat(WIDTH - filled),
            done,
            total,
            duration(seconds(start)),
            remaining));
  }

  /** Removes the line, so that other output starts clean. */
  void clear() {
    show("");
    if (shown) {
      err.print("\r");
      err.flush();
    }
  }

  private void show(String line) {
    if (shown) {
      err.print("\r" + line + " ".repeat(Math.max(0, lineLength - line.length())));
      err.flush();
      lineLength = line.length();
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) * 1e-9;
  }

  /** Such as {@code 1:02:03}. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format("%d:%02d", whole / 60, whole % 60)
        : String.format("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
