package org.sardiffusion.runtime.diffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.scene.SceneFolder;
import org.sardiffusion.runtime.scene.SceneLatents;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.tiling.AxisTiling;
import org.sardiffusion.runtime.tiling.TileLayout;

/** Small scenes on a tiny bundle of 8 pixels for each latent pixel. */
final class Scenes {
  static final int FACTOR = 8;
  static final int TILE = 8;
  static final PromptField FOREST = new UniformPrompt("A <SAR> image of a forest");

  private Scenes() {}

  static Model model() {
    return Model.open(
        Bundle.open(TestBundles.folder("eps-vae8")), ModelOptions.cpu(), notice -> {});
  }

  /** Tiles at a distance of {@code step}, weighed by a triangle. */
  static AxisTiling axis(int length, int step) {
    List<Integer> starts = new ArrayList<>();
    for (int start = 0; start < length - TILE; start += step) {
      starts.add(start);
    }
    starts.add(length - TILE);
    double[] sum = new double[length];
    for (int start : starts) {
      for (int k = 0; k < TILE; k++) {
        sum[start + k] += triangle(k);
      }
    }
    List<double[]> weights = new ArrayList<>();
    for (int start : starts) {
      double[] of = new double[TILE];
      Arrays.setAll(of, k -> triangle(k) / sum[start + k]);
      weights.add(of);
    }
    return new AxisTiling(length, TILE, starts, weights);
  }

  private static double triangle(int k) {
    return 1 + Math.min(k, TILE - 1 - k);
  }

  static TileLayout tiling(int width, int height) {
    return new TileLayout(axis(width, 6), axis(height, 5));
  }

  static Sampling sampling(SamplerName sampler, int steps) {
    return Sampling.DIFFUSERS
        .withSeed(7)
        .withSteps(steps)
        .withSampler(sampler)
        .with(Sampling.ETA, 0.5)
        .with(Sampling.DECODE_TILE, 14);
  }

  static SceneTask task(Sampling sampling, TileLayout tiling) {
    return new SceneTask(
        sampling,
        FOREST,
        tiling,
        new Window(0, 0, tiling.columns().length() * FACTOR, tiling.rows().length() * FACTOR),
        Optional.empty());
  }

  /** A window of the finished latents. */
  static float[] latents(SceneDiffusion diffusion, SceneFolder work, Window window) {
    try (SceneLatents latents = diffusion.latents(work)) {
      return latents.read(latents.nextCall(), window);
    }
  }

  /** All rows of what a task makes. */
  static float[] make(Model model, SceneTask task, Path folder) throws IOException {
    try (Cancellation cancellation = new Cancellation()) {
      return make(model, task, folder, Progress.NONE, cancellation);
    }
  }

  static float[] make(
      Model model, SceneTask task, Path folder, Progress listener, Cancellation cancellation)
      throws IOException {
    try (SceneFolder work = SceneFolder.open(folder, "{}")) {
      SceneDiffusion diffusion = new SceneDiffusion(model, task);
      diffusion.denoise(work, listener, cancellation);
      float[] image = new float[task.window().width() * task.window().height()];
      int[] filled = new int[1];
      diffusion.decode(
          work,
          (first, count, amplitude) -> {
            int length = count * task.window().width();
            System.arraycopy(amplitude, 0, image, filled[0], length);
            filled[0] += length;
          },
          listener,
          cancellation);
      if (filled[0] != image.length) {
        throw new AssertionError(filled[0] + " of " + image.length + " pixels came");
      }
      return image;
    }
  }
}
