package org.sardiffusion.pipelines.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.conditioning.amplitude.AmplitudeNormalisation;
import org.sardiffusion.conditioning.spectrum.Ratio;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.internal.tiff.GeoTiffReader;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ControlledBundle;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.GenerationException;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.diffusion.SceneDiffusion;
import org.sardiffusion.runtime.scene.SceneException;

class SceneCascadeTest {
  private static final String PROMPT = "A <SAR> image of a forest";
  @TempDir static Path bundle;
  private static Model model;
  private static SceneSynthesis synthesis;

  @TempDir Path folder;

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(ControlledBundle.in(bundle), ModelOptions.cpu(), notice -> {});
    synthesis = new SceneSynthesis(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static SceneCascade cascade(double... spacings) {
    return new SceneCascade(
        Arrays.stream(spacings).boxed().toList(), reduction -> ScenePrompts.of(PROMPT), 0.5, 1);
  }

  private SceneRequest request(String name, Optional<Window> window, SceneCascade cascade) {
    return new SceneRequest(
        new SceneExtent(new Size(150, 141), window),
        ScenePrompts.of(PROMPT),
        Sampling.DIFFUSERS.withSeed(11).withSteps(2).with(Sampling.DECODE_TILE, 14),
        new SceneOutput(
            folder.resolve(name),
            AffineGrid.unreferenced(0.4),
            WriteOptions.defaults(),
            Optional.empty()),
        Optional.of(cascade));
  }

  private static SceneOutcome run(SceneRequest request) {
    try (Cancellation cancellation = new Cancellation()) {
      return synthesis.run(request, Progress.NONE, cancellation);
    }
  }

  @Test
  void stoppedAgainAndAgainItEndsTheSame() throws IOException {
    SceneRequest whole = request("whole.tif", Optional.empty(), cascade(1.6, 0.8));
    SceneOutcome outcome = run(whole);
    JsonNode recipe = new ObjectMapper().readTree(outcome.recipe().toJson());
    assertEquals("[1.6,0.8]", recipe.at("/cascade/spacings_m").toString());
    long seed = System.nanoTime();
    System.out.println("SceneCascadeTest: seed " + seed);
    Random random = new Random(seed);
    SceneRequest stopped = request("stopped.tif", Optional.empty(), cascade(1.6, 0.8));
    int stops = 0;
    long tiles = 0;
    while (!Files.exists(stopped.output().image())) {
      try (StopAfter stop = new StopAfter(5 + random.nextInt(8))) {
        synthesis.run(stopped, stop, stop.cancellation);
        tiles += stop.denoised;
      } catch (CancelledException e) {
        stops++;
      }
    }
    assertTrue(stops > 0, "it was stopped " + stops + " times");
    assertArrayEquals(
        GeoTiffReader.read(whole.output().image()).image().samples(),
        GeoTiffReader.read(stopped.output().image()).image().samples());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("stopped.stac.json", "stopped.tif", "whole.stac.json", "whole.tif"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    assertTrue(tiles < outcome.cost().tiles(), "the last run did not do all again");
  }

  private static final class StopAfter implements Progress, AutoCloseable {
    private final Cancellation cancellation = new Cancellation();
    private int left;
    private long denoised;
    private String current = "";

    StopAfter(int tiles) {
      left = tiles;
    }

    @Override
    public void advanced(String stage, long done, long total) {
      if (!stage.equals(current)) {
        // Each stage begins with what was done before.
        current = stage;
        return;
      }
      denoised += stage.equals(SceneDiffusion.DENOISE) ? 1 : 0;
      left--;
      if (left == 0) {
        cancellation.cancel();
      }
    }

    @Override
    public void close() {
      cancellation.close();
    }
  }

  /** What the finer scene sees is what the resampler and the normalisation give in memory. */
  @Test
  void theGuideIsTheCoarserSceneResampledAndNormalised() throws IOException {
    int width = 61;
    int height = 47;
    float[] coarse = new float[width * height];
    Random random = new Random(2);
    for (int i = 0; i < coarse.length; i++) {
      coarse[i] =
          (float) Math.min(1, 0.3 * Math.hypot(random.nextGaussian(), random.nextGaussian()));
    }
    Size size = new Size(width, height);
    assertFalse(GuideImage.isIn(folder));
    GuideImage.make(folder, size, file -> file.writeRows(0, height, coarse));
    assertTrue(GuideImage.isIn(folder));
    AmplitudeRaster fine =
        SpectralResampler.standard()
            .resample(
                new AmplitudeRaster(width, height, coarse),
                new Target.Ratios(new Ratio(2, 1), new Ratio(2, 1)))
            .raster();
    AmplitudeRaster expected = AmplitudeNormalisation.paper().scaleFor(fine).normalise(fine);
    Window window = new Window(17, 3, 100, 80);
    try (GuideImage guide = GuideImage.open(folder, size)) {
      float[] seen = guide.read(window);
      for (int i = 0; i < seen.length; i++) {
        int at = (3 + i / 100) * fine.width() + 17 + i % 100;
        assertEquals(expected.samples()[at], seen[i], 1e-6);
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  /** The resampler's two intermediate images of a large scene lie on disk too. */
  @Test
  void theGuidesDemandCountsTheResamplersScratch() {
    assertTrue(GuideImage.bytes(new Size(20_000, 3_500)) >= (1 + 4 + 3) * 4L * 20_000 * 3_500);
  }

  @Test
  void coarserScenesCoverTheLatentsOfFinerOnesWithMapsOfTheirOwn() {
    List<Integer> asked = new ArrayList<>();
    SceneCascade cascade =
        new SceneCascade(
            List.of(3.2, 1.6, 0.8),
            reduction -> {
              asked.add(reduction);
              return ScenePrompts.of(PROMPT);
            },
            0.5,
            1);
    SceneRequest coarse = request("a.tif", Optional.empty(), cascade).coarser(32);
    // 150x141 pixels reach into latents of 160x160, of a model whose sides are multiples of 32.
    assertEquals(new Size(80, 80), coarse.extent().size());
    assertEquals(0.8, coarse.output().placement().pixelWidth());
    SceneRequest coarser = coarse.coarser(32);
    assertEquals(new Size(48, 48), coarser.extent().size());
    coarser.coarser(32);
    assertEquals(List.of(2, 4, 8), asked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "0.4", "0.8,1.6", "3.2,0.8", "1.6", "-0.8", "NaN", ""})
  void spacingsDescendByTwos(String list) {
    double[] spacings =
        list.isEmpty()
            ? new double[0]
            : Stream.of(list.split(",")).mapToDouble(Double::parseDouble).toArray();
    assertThrows(SceneException.class, () -> request("a.tif", Optional.empty(), cascade(spacings)));
  }

  @Test
  void aModelWithoutAnEncoderIsRefusedBeforeTheCoarserScene() throws IOException {
    Path copy = folder.resolve("model");
    ControlledBundle.in(copy);
    try (Stream<Path> files = Files.list(copy.resolve("vae_encoder"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(copy.resolve("vae_encoder"));
    SceneRequest request = request("a.tif", Optional.empty(), cascade(0.8));
    try (Model opened = Model.open(Bundle.open(copy), ModelOptions.cpu(), notice -> {});
        Cancellation cancellation = new Cancellation()) {
      SceneSynthesis blind = new SceneSynthesis(opened);
      String message =
          assertThrows(
                  GenerationException.class, () -> blind.run(request, Progress.NONE, cancellation))
              .getMessage();
      assertTrue(message.contains("no VAE encoder"), message);
    }
    assertFalse(Files.exists(request.output().folder()));
  }

  @Test
  void whatCanNotBeCascadedIsRefused() {
    Window part = new Window(0, 0, 50, 50);
    String message =
        assertThrows(SceneException.class, () -> request("a.tif", Optional.of(part), cascade(0.8)))
            .getMessage();
    assertTrue(message.contains("without a window, or without a cascade"), message);
    try (Model opened = Model.open(ControlledBundle.plain(), ModelOptions.cpu(), notice -> {});
        Cancellation cancellation = new Cancellation()) {
      SceneSynthesis plain = new SceneSynthesis(opened);
      SceneRequest request = request("a.tif", Optional.empty(), cascade(0.8));
      message =
          assertThrows(SceneException.class, () -> plain.run(request, Progress.NONE, cancellation))
              .getMessage();
      assertTrue(message.contains("has no ControlNet"), message);
    }
    assertFalse(Files.exists(folder.resolve("a.tif.scene")));
  }
}
