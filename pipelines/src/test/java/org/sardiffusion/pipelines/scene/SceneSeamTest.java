package org.sardiffusion.pipelines.scene;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.internal.tiff.GeoTiffReader;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * Speckle and brightness across the borders of tiles, by the default model, a trained one, and the
 * same check on what is wrong: tiles made apart and faded into each other.
 *
 * <p>{@code -Dsardiffusion.seam.width=4096 -Dsardiffusion.seam.height=2048} check a large scene, in
 * minutes.
 */
class SceneSeamTest {
  private static final int FACTOR = 4;
  private static final int TILE = 64;
  private static final int WIDTH = Integer.getInteger("sardiffusion.seam.width", 736);
  private static final int HEIGHT = Integer.getInteger("sardiffusion.seam.height", TILE * FACTOR);

  @TempDir Path folder;

  private static AmplitudeRaster make(
      SceneSynthesis synthesis, int width, int height, long seed, Path file) {
    Sampling sampling = Sampling.DIFFUSERS.withSeed(seed).withSteps(4).with(Guidance.of(1));
    try (Cancellation cancellation = new Cancellation()) {
      SceneOutcome made =
          synthesis.run(
              new SceneRequest(
                  SceneExtent.whole(new Size(width, height)),
                  ScenePrompts.of("A <SAR> image of a field"),
                  sampling,
                  new SceneOutput(
                      file,
                      AffineGrid.unreferenced(0.4),
                      WriteOptions.defaults(),
                      Optional.empty())),
              Progress.NONE,
              cancellation);
      return GeoTiffReader.read(made.files().get(0)).image();
    }
  }

  /** The scene's tiles, each made by itself, faded by the scene's weights. */
  private AmplitudeRaster faded(SceneSynthesis synthesis, TileLayout layout) {
    float[] samples = new float[WIDTH * HEIGHT];
    for (int t = 0; t < layout.count(); t++) {
      int row = t / layout.columns().count();
      int column = t % layout.columns().count();
      Window tile = layout.tile(row, column).times(FACTOR);
      double[] across = layout.columns().weights().get(column);
      double[] down = layout.rows().weights().get(row);
      AmplitudeRaster part =
          make(
              synthesis, tile.width(), tile.height(), 100 + t, folder.resolve("tile" + t + ".tif"));
      for (int y = 0; y < tile.height(); y++) {
        for (int x = 0; x < tile.width(); x++) {
          samples[(tile.y() + y) * WIDTH + tile.x() + x] +=
              (float) (across[x / FACTOR] * down[y / FACTOR]) * part.at(x, y);
        }
      }
    }
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.min(1, samples[i]);
    }
    return new AmplitudeRaster(WIDTH, HEIGHT, samples);
  }

  /** The middles of overlaps. */
  private static List<Integer> borders(List<Integer> starts, int length) {
    List<Integer> borders = new ArrayList<>();
    for (int t = 1; t < starts.size(); t++) {
      borders.add((starts.get(t - 1) + TILE + starts.get(t)) * FACTOR / 2);
    }
    // And where decoder tiles of at most 128 latent pixels meet.
    int parts = length / FACTOR <= 160 ? 1 : (length / FACTOR - 1) / 128 + 1;
    for (int part = 1; part < parts; part++) {
      borders.add(part * (length / FACTOR) / parts * FACTOR);
    }
    return borders;
  }

  @Test
  void tilesDoNotShow() {
    Bundle bundle =
        Bundle.open(Path.of("../models/src/main/resources/org/sardiffusion/models/default"));
    TileLayout layout = TileLayout.even(WIDTH / FACTOR, HEIGHT / FACTOR, TILE, TILE / 4);
    List<Integer> columns = borders(layout.columns().starts(), WIDTH);
    List<Integer> rows = borders(layout.rows().starts(), HEIGHT);
    try (Model opened = Model.open(bundle, ModelOptions.cpu(), notice -> {})) {
      SceneSynthesis synthesis = new SceneSynthesis(opened);
      AmplitudeRaster scene = make(synthesis, WIDTH, HEIGHT, 1, folder.resolve("scene.tif"));
      SeamProfiles seamless = SeamProfiles.of(scene, columns, rows);
      System.out.println("SceneSeamTest: scene " + seamless);
      assertTrue(seamless.passes(), seamless.toString());
      SeamProfiles seams = SeamProfiles.of(faded(synthesis, layout), columns, rows);
      System.out.println("SceneSeamTest: faded " + seams);
      assertFalse(seams.passes(), seams.toString());
      assertTrue(seams.looks() > 4, "in the middle there are nearly twice the looks: " + seams);
    }
  }
}
