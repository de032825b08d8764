package org.sardiffusion.runtime.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.RasterException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.tiling.AxisTiling;
import org.sardiffusion.runtime.tiling.TileLayout;

/** Noise that is predicted in tiles. */
class TileLayoutTest {
  private static Model model;

  @TempDir static java.nio.file.Path folder;

  @BeforeAll
  static void open() throws java.io.IOException {
    model =
        Model.open(
            Bundle.open(TestBundles.controlled("eps-vae8", folder)),
            ModelOptions.cpu(),
            notice -> {});
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static float[] amplitude(Size size) {
    Random random = new Random(5);
    float[] amplitude = new float[size.width() * size.height()];
    for (int i = 0; i < amplitude.length; i++) {
      amplitude[i] = random.nextFloat();
    }
    return amplitude;
  }

  private static GenerationRequest request(Size size) {
    float[] image = amplitude(size);
    return GenerationRequest.of(
            "A <SAR> image of a forest", size, Sampling.DIFFUSERS.withSeed(7).withSteps(4))
        .with(new Init.Image(new InitImage(size, image), 0.8, Optional.empty()))
        .with(
            new Control(
                List.of(new Control.Signal(new ControlImage(size, image), 0.7, 0, 1)),
                Control.Mode.BALANCED));
  }

  /** Tiles of {@code side} at a stride of half of that, of equal weights. */
  private static TileLayout cover(int width, int height, int side) {
    return new TileLayout(axis(width, side), axis(height, side));
  }

  private static AxisTiling axis(int length, int side) {
    double[] count = new double[length];
    List<Integer> starts = new ArrayList<>();
    for (int start = 0; start + side <= length; start += side / 2) {
      starts.add(start);
      for (int i = 0; i < side; i++) {
        count[start + i]++;
      }
    }
    List<double[]> weights =
        starts.stream()
            .map(start -> IntStream.range(start, start + side).mapToDouble(i -> 1 / count[i]))
            .map(DoubleStream::toArray)
            .toList();
    return new AxisTiling(length, side, starts, weights);
  }

  private static float[] latents(GenerationRequest request) {
    return Models.generate(model, request).get(0).latents();
  }

  private static float[] latents(GenerationRequest request, TileLayout tiles) {
    Execution execution = new Execution(1, Optional.of(tiles));
    return Models.generate(model, request, execution).get(0).latents();
  }

  @Test
  void oneTileOverEverythingIsTheOrdinaryRun() {
    GenerationRequest whole = request(new Size(64, 64));
    assertArrayEquals(latents(whole), latents(whole, cover(8, 8, 8)));
  }

  /**
   * Two tiles that do not overlap are two images of the size of a tile: latents, init image and
   * control image of each are its own part.
   */
  @Test
  void eachTileSeesItsOwnPart() {
    Size half = new Size(64, 64);
    Size size = new Size(128, 64);
    double[] ones = new double[8];
    Arrays.fill(ones, 1);
    TileLayout cover =
        new TileLayout(
            new AxisTiling(16, 8, List.of(0, 8), List.of(ones, ones)),
            new AxisTiling(8, 8, List.of(0), List.of(ones)));
    float[] left = new float[64 * 64];
    Arrays.fill(left, 0.9f);
    float[] right = amplitude(half);
    float[] both = beside(left, right, 64);
    float[] together = latents(controlled(size, both), cover);
    float[] noiseOfBoth = latents(controlled(size, both), cover);
    assertArrayEquals(together, noiseOfBoth);
    float[] mirrored = latents(controlled(size, beside(left, left, 64)), cover);
    for (int plane = 0; plane < 4; plane++) {
      for (int row = 0; row < 8; row++) {
        for (int column = 0; column < 8; column++) {
          int i = (plane * 8 + row) * 16 + column;
          assertEquals(together[i], mirrored[i], "the left tile does not see the right one");
        }
      }
    }
    double difference = 0;
    for (int i = 0; i < together.length; i++) {
      difference = Math.max(difference, Math.abs(together[i] - mirrored[i]));
    }
    assertTrue(difference > 1e-4, "the right tile sees its control image: " + difference);
  }

  private static GenerationRequest controlled(Size size, float[] image) {
    return GenerationRequest.of("", size, Sampling.DIFFUSERS.withSeed(1).withSteps(2))
        .with(
            new Control(
                List.of(new Control.Signal(new ControlImage(size, image), 2, 0, 1)),
                Control.Mode.BALANCED));
  }

  private static float[] beside(float[] left, float[] right, int side) {
    float[] both = new float[2 * side * side];
    for (int row = 0; row < side; row++) {
      System.arraycopy(left, row * side, both, 2 * row * side, side);
      System.arraycopy(right, row * side, both, (2 * row + 1) * side, side);
    }
    return both;
  }

  @Test
  void coversThatDoNotCoverAreRefused() {
    GenerationRequest request = request(new Size(128, 96));
    assertThrows(GenerationException.class, () -> latents(request, cover(12, 12, 8)));
    assertThrows(GenerationException.class, () -> latents(request, cover(24, 12, 8)));
    List<double[]> one = List.of(new double[] {1, 1, 1});
    assertThrows(RasterException.class, () -> new AxisTiling(4, 3, List.of(0), one));
    assertThrows(RasterException.class, () -> new AxisTiling(3, 3, List.of(0), List.of()));
    assertThrows(RasterException.class, () -> new AxisTiling(3, 3, List.of(1), one));
    String message =
        assertThrows(GenerationException.class, () -> latents(request, cover(16, 12, 2)))
            .getMessage();
    assertTrue(message.contains("multiples"), message);
  }
}
