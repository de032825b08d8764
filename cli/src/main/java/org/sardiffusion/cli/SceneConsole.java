package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.diffusion.SceneCost;
import org.sardiffusion.runtime.diffusion.SceneListener;

/** Shows a scene's progress and warnings on standard error; warnings may come from any thread. */
final class SceneConsole implements SceneListener {
  private static final long REPAINT_NANOS = 100_000_000;

  private final PrintWriter err;
  private final boolean quiet;
  private final List<String> warnings = new ArrayList<>();
  private ProgressBar bar;
  private long painted;

  SceneConsole(PrintWriter err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
    this.bar = ProgressBar.on(err);
  }

  /** Says what is to come. */
  synchronized void begin(Size size, SceneCost cost) {
    note(
        String.format(
            Locale.ROOT,
            "a scene of %s pixels: %,d predictions of tiles; on disk %s of work and at most %s of image.",
            size,
            cost.tiles(),
            bytes(cost.workBytes()),
            bytes(cost.outputBytes())));
    if (!quiet) {
      bar.stage("Loading the model");
    }
  }

  private static String bytes(long count) {
    return count < 1_000_000_000
        ? String.format(Locale.ROOT, "%.0f MB", Math.ceil(count * 1e-6))
        : String.format(Locale.ROOT, "%.1f GB", count * 1e-9);
  }

  @Override
  public synchronized void warning(String message) {
    warnings.add(message);
    note(message);
  }

  @Override
  public synchronized void stage(Stage stage, long done, long total) {
    if (stage == Stage.DENOISE && done > 0) {
      note(String.format(Locale.ROOT, "continuing: %,d of %,d tiles are done.", done, total));
    }
    if (!quiet) {
      bar.clear();
    }
    bar = ProgressBar.on(err);
    bar.resume(done);
  }

  @Override
  public synchronized void tile(Stage stage, long done, long total) {
    long now = System.nanoTime();
    if (!quiet && (done == total || now - painted > REPAINT_NANOS)) {
      painted = now;
      bar.step(stage == Stage.DENOISE ? "Denoising" : "Decoding", done, total);
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

  synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }
}
