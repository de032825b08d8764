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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.files.ProvenanceReader;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.internal.tiff.GeoTiffRaster;
import org.sardiffusion.geo.internal.tiff.GeoTiffReader;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ControlledBundle;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.scene.SceneException;

class SceneSynthesisTest {
  private static final int WIDTH = 333;
  private static final int HEIGHT = 190;
  private static final String PROMPT = "A <SAR> image of a forest";
  private static Model model;
  private static SceneSynthesis synthesis;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    model = Model.open(ControlledBundle.plain(), ModelOptions.cpu(), notice -> {});
    synthesis = new SceneSynthesis(model);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Sampling sampling(int steps) {
    return Sampling.DIFFUSERS.withSeed(11).withSteps(steps).with(Sampling.DECODE_TILE, 14);
  }

  private SceneOutput output(String name) {
    return new SceneOutput(
        folder.resolve(name),
        AffineGrid.northUp(Crs.of("EPSG:32631"), 500_000, 5_400_000, 0.4),
        WriteOptions.defaults(),
        Optional.empty());
  }

  private static SceneRequest request(int steps, SceneOutput output) {
    return new SceneRequest(
        SceneExtent.whole(new Size(WIDTH, HEIGHT)),
        ScenePrompts.of(PROMPT),
        sampling(steps),
        output);
  }

  private static SceneOutcome run(SceneRequest request) {
    try (Cancellation cancellation = new Cancellation()) {
      return synthesis.run(request, Progress.NONE, cancellation);
    }
  }

  @Test
  void writesAPlacedSceneThatSaysHowItWasMade() throws IOException {
    SceneOutput output = output("scene.tif");
    SceneOutcome outcome =
        run(
            request(
                2,
                new SceneOutput(
                    output.image(),
                    output.placement(),
                    output.options(),
                    Optional.of(folder.resolve("small.png")))));
    assertEquals(
        List.of("scene.tif", "scene.stac.json", "small.png"),
        outcome.files().stream().map(file -> file.getFileName().toString()).toList());
    assertFalse(Files.exists(output.folder()));
    GeoTiffRaster raster = GeoTiffReader.read(output.image());
    assertEquals(WIDTH, raster.image().width());
    assertEquals(HEIGHT, raster.image().height());
    assertEquals(new GeoTiffRaster.Grid(500_000, 5_400_000, 0.4, 0.4), raster.grid());
    assertEquals(32631, raster.epsg().orElseThrow());
    assertEquals("YES", raster.items().get("SYNTHETIC"));
    Provenance provenance = ProvenanceReader.read(output.image());
    assertEquals(PROMPT, provenance.prompt());
    assertEquals(11, provenance.seed());
    JsonNode recipe = new ObjectMapper().readTree(provenance.recipe());
    assertEquals("scene", recipe.get("task").asText());
    assertEquals(WIDTH, recipe.get("size").get(0).asInt());
    assertEquals(PROMPT, recipe.get("prompts").get(0).asText());

    JsonNode item = new ObjectMapper().readTree(folder.resolve("scene.stac.json").toFile());
    JsonNode image = item.at("/assets/image");
    assertEquals("1220" + Sha256.hex(output.image()), image.get("file:checksum").asText());
    float[] samples = raster.image().samples();
    double mean = 0;
    for (float sample : samples) {
      mean += sample;
    }
    assertEquals(mean / samples.length, image.at("/bands/0/statistics/mean").asDouble(), 1e-9);
    assertEquals(samples.length, image.at("/bands/0/statistics/count").asLong());
    assertTrue(item.get("geometry").has("coordinates"));
  }

  @Test
  void aWindowLiesWhereItLiesInTheScene() throws IOException {
    GeoTiffRaster whole = GeoTiffReader.read(run(request(2, output("whole.tif"))).files().get(0));
    Window window = new Window(201, 77, 64, 101);
    SceneOutcome part =
        run(
            new SceneRequest(
                new SceneExtent(new Size(WIDTH, HEIGHT), Optional.of(window)),
                ScenePrompts.of(PROMPT),
                sampling(2),
                output("part.tif")));
    GeoTiffRaster raster = GeoTiffReader.read(part.files().get(0));
    assertEquals(500_000 + 201 * 0.4, raster.grid().originX(), 1e-9);
    assertEquals(5_400_000 - 77 * 0.4, raster.grid().originY(), 1e-9);
    for (int row = 0; row < window.height(); row++) {
      int from = (window.y() + row) * WIDTH + window.x();
      assertArrayEquals(
          Arrays.copyOfRange(whole.image().samples(), from, from + window.width()),
          Arrays.copyOfRange(
              raster.image().samples(), row * window.width(), (row + 1) * window.width()));
    }
    assertThrows(
        SceneException.class,
        () -> new SceneExtent(new Size(WIDTH, HEIGHT), Optional.of(new Window(300, 0, 34, 1))));
  }

  @Test
  void stoppedAndContinuedItsFilesAreTheSame() throws IOException {
    byte[] expected = Files.readAllBytes(run(request(3, output("whole/a.tif"))).files().get(0));
    long seed = System.nanoTime();
    System.out.println("SceneSynthesisTest: seed " + seed);
    Random random = new Random(seed);
    SceneRequest request = request(3, output("stopped/a.tif"));
    int stops = 0;
    while (stops < 100) {
      try (Cancellation cancellation = new Cancellation()) {
        int[] left = {5 + random.nextInt(30)};
        synthesis.run(
            request,
            new Progress() {
              @Override
              public void advanced(String stage, long done, long total) {
                left[0] -= done > 0 ? 1 : 0;
                if (left[0] == 0) {
                  cancellation.cancel();
                }
              }
            },
            cancellation);
        break;
      } catch (CancelledException e) {
        stops++;
        assertEquals(List.of("a.tif.scene"), names(folder.resolve("stopped")));
      }
    }
    assertTrue(stops > 2 && stops < 100, stops + " stops");
    assertArrayEquals(expected, Files.readAllBytes(request.output().image()));
    assertEquals(List.of("a.stac.json", "a.tif"), names(folder.resolve("stopped")));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anotherSceneInTheSamePlaceIsRefused() {
    try (Cancellation cancellation = new Cancellation()) {
      SceneRequest begun = request(3, output("a.tif"));
      Progress impatient =
          new Progress() {
            @Override
            public void advanced(String stage, long done, long total) {
              cancellation.cancel();
            }
          };
      assertThrows(CancelledException.class, () -> synthesis.run(begun, impatient, cancellation));
    }
    String message =
        assertThrows(SceneException.class, () -> run(request(2, output("a.tif")))).getMessage();
    assertTrue(message.contains("differs from this one in steps."), message);
    assertTrue(message.contains("delete the folder"), message);
  }

  @Test
  void aSceneThatWasRefusedBeforeAnyWorkIsNotInTheWay() {
    try (Cancellation cancellation = new Cancellation()) {
      cancellation.cancel();
      SceneRequest refused = request(3, output("a.tif"));
      assertThrows(
          CancelledException.class, () -> synthesis.run(refused, Progress.NONE, cancellation));
      assertTrue(Files.exists(refused.output().folder()));
    }
    assertTrue(Files.exists(run(request(1, output("a.tif"))).files().get(0)));
  }

  @Test
  void previewsArePngs() {
    SceneOutput output = output("a.tif");
    for (String name : List.of("a.tif", "small.tif", "small.npy", "png")) {
      Optional<Path> preview = Optional.of(folder.resolve(name));
      assertThrows(
          SceneException.class,
          () -> new SceneOutput(output.image(), output.placement(), output.options(), preview));
    }
  }

  @Test
  void whatCannotBeWrittenIsRefusedBeforeAnyWork() throws IOException {
    for (SceneOutput output :
        List.of(
            output("a.png"),
            with(
                output("a.tif"),
                WriteOptions.defaults().withSampleType(SampleType.UINT8).withNodata(300)))) {
      assertThrows(
          UnsupportedFormatException.class, () -> run(request(1, output)), output.toString());
    }
    Files.createDirectory(folder.resolve("b.tif"));
    assertThrows(SarDiffusionException.class, () -> run(request(1, output("b.tif"))));
    assertEquals(List.of("b.tif"), names(folder));
  }

  private static SceneOutput with(SceneOutput output, WriteOptions options) {
    return new SceneOutput(output.image(), output.placement(), options, output.preview());
  }

  @Test
  void previewsAreMeansOfBlocks() {
    Random random = new Random(5);
    int width = 4099;
    int height = 7;
    float[] samples = new float[width * height];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    ScenePreview preview = new ScenePreview(width, height);
    preview.add(2, samples);
    preview.add(5, Arrays.copyOfRange(samples, 2 * width, samples.length));
    assertEquals(1367, preview.image().width());
    assertEquals(3, preview.image().height());
    double inside = 0;
    for (int i = 0; i < 9; i++) {
      inside += samples[(3 + i / 3) * width + 6 + i % 3];
    }
    assertEquals(inside / 9, preview.image().samples()[1367 + 2], 1e-6);
    assertEquals(
        samples[6 * width + 4098], preview.image().samples()[2 * 1367 + 1366], 1e-6, "the corner");
  }
}
