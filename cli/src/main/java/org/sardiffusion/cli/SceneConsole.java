package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.diffusion.SceneCost;
import org.sardiffusion.runtime.diffusion.SceneDiffusion;

/** The console of a scene. */
final class SceneConsole extends Console {
  private static final long REPAINT_NANOS = 100_000_000;

  private String current = "";
  private long painted;

  SceneConsole(PrintWriter err, boolean quiet) {
    super(err, quiet);
  }

  /** Says what is to come. */
  void begin(Size size, SceneCost cost) {
    say(
        String.format(
            Locale.ROOT,
            "a scene of %s pixels: %,d predictions of tiles; on disk %s of work and at most %s of image.",
            size,
            cost.tiles(),
            bytes(cost.workBytes()),
            bytes(cost.outputBytes())));
    stage("Loading the model");
  }

  private static String bytes(long count) {
    return count < 1_000_000_000
        ? String.format(Locale.ROOT, "%.0f MB", Math.ceil(count * 1e-6))
        : String.format(Locale.ROOT, "%.1f GB", count * 1e-9);
  }

  @Override
  public synchronized void advanced(String stage, long done, long total) {
    if (!stage.equals(current)) {
      current = stage;
      begin(stage, done, total);
      return;
    }
    long now = System.nanoTime();
    if (done == total || now - painted > REPAINT_NANOS) {
      painted = now;
      super.advanced(stage.equals(SceneDiffusion.DENOISE) ? "Denoising" : "Decoding", done, total);
    }
  }

  /** A stage begins, perhaps where an earlier run was stopped. */
  private void begin(String stage, long done, long total) {
    if (stage.equals(SceneDiffusion.DENOISE) && done > 0) {
      say(String.format(Locale.ROOT, "continuing: %,d of %,d tiles are done.", done, total));
    }
    end();
    bar.restart(done);
  }
}
