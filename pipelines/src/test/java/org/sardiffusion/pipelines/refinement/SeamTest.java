package org.sardiffusion.pipelines.refinement;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.speckle.EquivalentNumberOfLooks;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.DiffusionListener;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.GeneratedImage;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.Init;
import org.sardiffusion.runtime.diffusion.InitImage;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.tiling.AxisTiling;
import org.sardiffusion.runtime.tiling.TileLayout;

/** Speckle across the overlaps of tiles, by the default model, a trained one. */
class SeamTest {
  private static final int FACTOR = 4;
  private static final int TILE = 32;
  private static final int COLUMNS = 80;
  private static final Size SIZE = new Size(COLUMNS * FACTOR, TILE * FACTOR);

  /** Columns of this many pixels are measured together. */
  private static final int BAND = 8;

  private static final TileLayout LAYOUT = TileLayout.even(COLUMNS, TILE, TILE, TILE / 4);
  private static final AxisTiling COLUMN_TILES = LAYOUT.columns();

  private AmplitudeRaster generate(Model model, long seed, Optional<TileLayout> cover) {
    Random random = new Random(seed);
    float[] speckle = new float[SIZE.width() * SIZE.height()];
    for (int i = 0; i < speckle.length; i++) {
      speckle[i] = (float) Math.min(1, 0.2 * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
    }
    GenerationRequest request =
        GenerationRequest.of(
                "A <SAR> image of a field",
                SIZE,
                Sampling.DIFFUSERS.withSeed(seed).withSteps(4).with(Guidance.of(1)))
            .with(new Init.Image(new InitImage(SIZE, speckle), 0.8, Optional.empty()));
    List<GeneratedImage> images = new ArrayList<>();
    try (Cancellation cancellation = new Cancellation()) {
      model.generate(
          request,
          new Execution(1, cover),
          new DiffusionListener() {
            @Override
            public void image(GeneratedImage image) {
              images.add(image);
            }
          },
          cancellation);
    }
    return new AmplitudeRaster(SIZE.width(), SIZE.height(), images.get(0).amplitude());
  }

  /**
   * Tiles that are made apart.
   *
   * @param weights of each tile's columns: blending ones fade the images into each other, those of
   *     the cores put them side by side
   */
  private AmplitudeRaster apart(
      AmplitudeRaster even, AmplitudeRaster odd, IntFunction<double[]> weights) {
    float[] samples = new float[even.samples().length];
    for (int t = 0; t < COLUMN_TILES.count(); t++) {
      double[] w = weights.apply(t);
      AmplitudeRaster from = t % 2 == 0 ? even : odd;
      for (int y = 0; y < SIZE.height(); y++) {
        for (int x = 0; x < TILE * FACTOR; x++) {
          int column = COLUMN_TILES.start(t) * FACTOR + x;
          samples[y * SIZE.width() + column] += (float) w[x / FACTOR] * from.at(column, y);
        }
      }
    }
    return new AmplitudeRaster(SIZE.width(), SIZE.height(), samples);
  }

  /** 1 in the core of a tile, 0 outside. */
  private static double[] core(int t) {
    double[] weights = new double[TILE];
    for (int i = 0; i < TILE; i++) {
      int column = COLUMN_TILES.start(t) + i;
      weights[i] = column >= middle(t) && column < middle(t + 1) ? 1 : 0;
    }
    return weights;
  }

  /** The middle of the overlap before a tile, or the border of the image. */
  private static int middle(int t) {
    if (t == 0 || t == COLUMN_TILES.count()) {
      return t == 0 ? 0 : COLUMNS;
    }
    return (COLUMN_TILES.start(t) + COLUMN_TILES.start(t - 1) + TILE) / 2;
  }

  /**
   * How an image differs from one without tiles, in the middle of overlaps and elsewhere.
   *
   * @param looks ratio of the ENL, mean over the overlaps, in units of that elsewhere
   * @param level likewise of the mean amplitude
   */
  private record Seams(double looks, double level) {}

  private Seams seams(AmplitudeRaster image, AmplitudeRaster reference) {
    List<double[]> at = new ArrayList<>();
    List<double[]> elsewhere = new ArrayList<>();
    List<Integer> middles = new ArrayList<>();
    for (int t = 1; t < COLUMN_TILES.count(); t++) {
      middles.add(middle(t) * FACTOR);
    }
    for (int middle : middles) {
      at.add(ratio(image, reference, middle - BAND / 2));
    }
    for (int x = 0; x + BAND <= SIZE.width(); x += BAND) {
      int centre = x + BAND / 2;
      if (middles.stream().allMatch(m -> Math.abs(m - centre) > 4 * BAND)) {
        elsewhere.add(ratio(image, reference, x));
      }
    }
    return new Seams(mean(at, 0) / mean(elsewhere, 0), mean(at, 1) / mean(elsewhere, 1));
  }

  private static double[] ratio(AmplitudeRaster image, AmplitudeRaster reference, int left) {
    double[] made = band(image, left);
    double[] whole = band(reference, left);
    return new double[] {made[0] / whole[0], made[1] / whole[1]};
  }

  private static double mean(List<double[]> bands, int measure) {
    return bands.stream().mapToDouble(b -> b[measure]).average().orElseThrow();
  }

  private static double[] band(AmplitudeRaster image, int left) {
    float[] samples = new float[BAND * image.height()];
    double sum = 0;
    for (int i = 0; i < samples.length; i++) {
      samples[i] = image.at(left + i % BAND, i / BAND);
      sum += samples[i];
    }
    AmplitudeRaster band = new AmplitudeRaster(BAND, image.height(), samples);
    return new double[] {EquivalentNumberOfLooks.of(band), sum / samples.length};
  }

  @Test
  void speckleIsTheSameWhereTilesOverlap() {
    Bundle bundle =
        Bundle.open(Path.of("../models/src/main/resources/org/sardiffusion/models/default"));
    try (Model model = Model.open(bundle, ModelOptions.cpu(), notice -> {})) {
      AmplitudeRaster whole = generate(model, 1, Optional.empty());
      AmplitudeRaster tiled = generate(model, 1, Optional.of(LAYOUT));
      AmplitudeRaster other = generate(model, 2, Optional.empty());
      Seams joint = seams(tiled, whole);
      Seams faded =
          seams(
              apart(whole, other, COLUMN_TILES.weights()::get),
              apart(whole, other, SeamTest::core));
      assertTrue(Math.abs(joint.looks - 1) < 0.15, joint.toString());
      assertTrue(Math.abs(joint.level - 1) < 0.05, joint.toString());
      // In the middle, half of each of two independent images has nearly twice the looks.
      assertTrue(faded.looks > 1.35, faded.toString());
    }
  }
}
