package org.sardiffusion.pipelines.internal.map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.scene.SceneFrame;
import org.sardiffusion.runtime.diffusion.PromptField;

/** Against GDAL and scipy, see {@code src/test/python/prompt_map_goldens.py}. */
class PromptMapTest {
  private static final int COLUMNS = 60;
  private static final int ROWS = 40;
  private static final double BLEND = 30;
  private static final List<String> PROMPTS = List.of("fields", "a forest", "a harbour", "a city");

  private static final SceneFrame ALONE = new SceneFrame(480, 320, 8, 0.4, Optional.empty());
  private static final SceneFrame PLACED =
      new SceneFrame(
          480,
          320,
          8,
          0.4,
          Optional.of(AffineGrid.northUp(Crs.of("EPSG:32631"), 448000, 5411000, 0.4)));

  @TempDir Path folder;

  private static Path golden(String name) {
    try {
      return Path.of(PromptMapTest.class.getResource("/prompt-map/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static PromptMap map(RegionSource source, SceneFrame frame, double blend) {
    return PromptMap.of(source, new PromptMapRequest(frame, blend, Optional.of("fields")));
  }

  /** [prompts][rows * columns], prompts in the order of {@link #PROMPTS}. */
  private static float[][] weights(PromptField map) {
    float[][] weights = new float[PROMPTS.size()][COLUMNS * ROWS];
    for (PromptField.Share share : map.shares(new Window(0, 0, COLUMNS, ROWS))) {
      weights[PROMPTS.indexOf(map.prompts().get(share.prompt()))] = share.weights();
    }
    return weights;
  }

  private static float[] labels(PromptMap map) {
    float[] labels = new float[COLUMNS * ROWS];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = PROMPTS.indexOf(map.prompts().get(map.region(i % COLUMNS, i / COLUMNS)));
    }
    return labels;
  }

  @Test
  void polygonsBlendAsScipySmoothsWhatGdalDraws() {
    PromptMap map = map(new PolygonFile(golden("pixels.geojson")), ALONE, BLEND);
    float[] expected = NpyReader.read(golden("weights.npy")).values();
    float[][] weights = weights(map);
    for (int prompt = 0; prompt < PROMPTS.size(); prompt++) {
      for (int i = 0; i < COLUMNS * ROWS; i++) {
        assertEquals(expected[prompt * COLUMNS * ROWS + i], weights[prompt][i], 2e-7f);
      }
    }
    assertTrue(map.warnings().isEmpty(), map.warnings().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"map.geojson", "lonlat.geojson"})
  void coordinatesOnTheMapAndOnEarthMeanTheSamePlaces(String name) {
    PromptMap map = map(new PolygonFile(golden(name)), PLACED, 0);
    assertArrayEquals(NpyReader.read(golden("labels.npy")).values(), labels(map));
  }

  @Test
  void aLabelRasterInAnotherCoordinateSystemLiesAsGdalWarpsIt() throws IOException {
    Path legend = legend();
    PromptMap map = map(new LabelRaster(golden("degrees.tif"), legend), PLACED, 0);
    float[] expected = NpyReader.read(golden("warped.npy")).values();
    float[] labels = labels(map);
    for (int i = 0; i < labels.length; i++) {
      assertEquals(expected[i] == 9 ? 0 : expected[i], labels[i], "cell " + i);
    }
  }

  private Path legend() throws IOException {
    return Files.writeString(
        folder.resolve("legend.yaml"), "0: fields\n1: a forest\n2: a harbour\n3: a city\n");
  }

  @Test
  void aLabelRasterWithoutAPlaceIsStretched() throws IOException {
    PromptMap map = map(new LabelRaster(golden("labels.npy"), legend()), ALONE, BLEND);
    float[] expected = NpyReader.read(golden("weights.npy")).values();
    float[][] weights = weights(map);
    for (int i = 0; i < COLUMNS * ROWS; i++) {
      assertEquals(expected[2 * COLUMNS * ROWS + i], weights[2][i], 2e-7f);
    }
    SceneFrame larger = new SceneFrame(963, 637, 8, 0.4, Optional.empty());
    PromptMap stretched = map(new LabelRaster(golden("labels.npy"), legend()), larger, 0);
    float[] labels = NpyReader.read(golden("labels.npy")).values();
    for (int row = 0; row < larger.rows(); row++) {
      for (int column = 0; column < larger.columns(); column++) {
        int x = (int) (Math.min(column * 8 + 4, 962.5) * COLUMNS / 963);
        int y = (int) (Math.min(row * 8 + 4, 636.5) * ROWS / 637);
        String prompt = stretched.prompts().get(stretched.region(column, row));
        assertEquals(labels[y * COLUMNS + x], PROMPTS.indexOf(prompt));
      }
    }
  }

  @Test
  void aPlaceHasTheSameWeightsInEveryWindow() {
    PromptMap map = map(new PolygonFile(golden("pixels.geojson")), ALONE, BLEND);
    float[][] whole = weights(map);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int n = 0; n < 200; n++) {
      int x = random.nextInt(COLUMNS);
      int y = random.nextInt(ROWS);
      int width = 1 + random.nextInt(COLUMNS - x);
      int height = 1 + random.nextInt(ROWS - y);
      float[][] part = new float[PROMPTS.size()][width * height];
      int last = -1;
      for (PromptField.Share share : map.shares(new Window(x, y, width, height))) {
        assertTrue(share.prompt() > last, "seed " + seed);
        last = share.prompt();
        part[PROMPTS.indexOf(map.prompts().get(last))] = share.weights();
      }
      for (int i = 0; i < width * height; i++) {
        float sum = 0;
        for (int prompt = 0; prompt < PROMPTS.size(); prompt++) {
          sum += part[prompt][i];
          float there = whole[prompt][(y + i / width) * COLUMNS + x + i % width];
          assertEquals(there, part[prompt][i], 0f, "seed " + seed);
        }
        assertEquals(1, sum, 2e-7f, "seed " + seed);
      }
    }
  }

  /** A coarser scene has the same regions in the same places, blended over the same metres. */
  @Test
  void aReducedSceneHasTheSameRegions() {
    for (SceneFrame frame : List.of(ALONE, PLACED)) {
      PolygonFile file = new PolygonFile(golden(frame == ALONE ? "pixels.geojson" : "map.geojson"));
      float[][] fine = weights(map(file, frame, BLEND));
      PromptMap coarse = map(file, frame.reduced(2), BLEND);
      double apart = 0;
      for (PromptField.Share share : coarse.shares(new Window(0, 0, COLUMNS / 2, ROWS / 2))) {
        int prompt = PROMPTS.indexOf(coarse.prompts().get(share.prompt()));
        for (int i = 0; i < share.weights().length; i++) {
          int at = i / (COLUMNS / 2) * 2 * COLUMNS + i % (COLUMNS / 2) * 2;
          float mean =
              (fine[prompt][at]
                      + fine[prompt][at + 1]
                      + fine[prompt][at + COLUMNS]
                      + fine[prompt][at + COLUMNS + 1])
                  / 4;
          apart += Math.abs(mean - share.weights()[i]) / share.weights().length;
        }
      }
      // Two regions are thinner than three cells: drawn by the centres of cells twice as large,
      // their areas differ.
      assertTrue(apart / PROMPTS.size() < 0.03, "apart by " + apart / PROMPTS.size());
    }
  }

  @Test
  void awayFromBordersOnePromptHoldsAlone() {
    PromptMap map = map(new PolygonFile(golden("pixels.geojson")), ALONE, 9.6);
    List<PromptField.Share> shares = map.shares(new Window(5, 30, 8, 6));
    assertEquals(1, shares.size());
    assertEquals("a forest", map.prompts().get(shares.get(0).prompt()));
    for (float weight : shares.get(0).weights()) {
      assertEquals(1f, weight);
    }
  }

  @Test
  void aStraightBorderRisesOverTheBlendingWidth() throws IOException {
    Path list = Files.writeString(folder.resolve("l.csv"), "prompt,x\nleft,0\nright,240\n");
    double blend = 64;
    PromptMap map =
        PromptMap.of(new PositionList(list), new PromptMapRequest(ALONE, blend, Optional.empty()));
    float[] right = map.shares(new Window(0, 7, COLUMNS, 1)).get(1).weights();
    double width = blend / (8 * 0.4);
    for (int column = 0; column < COLUMNS; column++) {
      assertEquals(rise(column + 0.5 - 30, width), right[column], 1e-6);
    }
  }

  /** As the kernel's description has it. */
  private static double rise(double t, double width) {
    double bounded = Math.max(-width / 2, Math.min(width / 2, t));
    return 0.5 + bounded / width + Math.sin(2 * Math.PI * bounded / width) / (2 * Math.PI);
  }

  @Test
  void neighboursShareEveryCellOfACommonBorder() throws IOException {
    // A star of triangles around a point: every cell belongs to one of them, none to two.
    StringBuilder features = new StringBuilder();
    int parts = 37;
    for (int i = 0; i < parts; i++) {
      features.append(i == 0 ? "" : ",").append(triangle(i, parts));
    }
    Path file =
        Files.writeString(
            folder.resolve("star.geojson"),
            "{\"type\":\"FeatureCollection\",\"features\":[" + features + "]}");
    SceneFrame frame = new SceneFrame(1024, 1024, 1, 1, Optional.empty());
    PromptMap map =
        PromptMap.of(new PolygonFile(file), new PromptMapRequest(frame, 0, Optional.empty()));
    RegionCanvas canvas = new RegionCanvas(frame);
    long cells = 0;
    for (int i = 0; i < parts; i++) {
      cells += canvas.fill("x", List.of(corners(i, parts)));
    }
    assertEquals(parts, map.prompts().size());
    assertEquals(inSquare(parts), cells);
  }

  private static long inSquare(int parts) {
    RegionCanvas canvas = new RegionCanvas(new SceneFrame(1024, 1024, 1, 1, Optional.empty()));
    double[] outline = new double[2 * parts];
    for (int i = 0; i < parts; i++) {
      System.arraycopy(corners(i, parts), 2, outline, 2 * i, 2);
    }
    return canvas.fill("all", List.of(outline));
  }

  private static double[] corners(int i, int parts) {
    double a = 2 * Math.PI * i / parts;
    double b = 2 * Math.PI * ((i + 1) % parts) / parts;
    return new double[] {
      500.3,
      510.7,
      500.3 + 2000 * Math.cos(a),
      510.7 + 2000 * Math.sin(a),
      500.3 + 2000 * Math.cos(b),
      510.7 + 2000 * Math.sin(b)
    };
  }

  private static String triangle(int i, int parts) {
    double[] c = corners(i, parts);
    return ("{\"type\":\"Feature\",\"properties\":{\"prompt\":\"part %d\"},\"geometry\":"
            + "{\"type\":\"Polygon\",\"coordinates\":[[[%s,%s],[%s,%s],[%s,%s]]]}}")
        .formatted(i, c[0], c[1], c[2], c[3], c[4], c[5]);
  }

  @Test
  void thousandsOfPolygonsOverAStripAreDrawnInBoundedMemory() throws IOException {
    StringBuilder features = new StringBuilder();
    Random random = new Random(1);
    int count = 4000;
    for (int i = 0; i < count; i++) {
      int x = random.nextInt(40_000);
      int y = random.nextInt(7_000);
      features
          .append(i == 0 ? "" : ",")
          .append(
              ("{\"type\":\"Feature\",\"properties\":{\"prompt\":\"p%d\"},\"geometry\":"
                      + "{\"type\":\"Polygon\",\"coordinates\":[[[%d,%d],[%d,%d],[%d,%d]]]}}")
                  .formatted(i % 12, x, y, x + 1500, y + 300, x + 200, y + 900));
    }
    Path file =
        Files.writeString(
            folder.resolve("many.geojson"),
            "{\"type\":\"FeatureCollection\",\"features\":[" + features + "]}");
    SceneFrame strip = new SceneFrame(40_000, 7_000, 8, 0.4, Optional.empty());
    PromptMap map = map(new PolygonFile(file), strip, 100);
    assertEquals(13, map.prompts().size());
    float sum = 0;
    for (PromptField.Share share : map.shares(new Window(4872, 747, 128, 128))) {
      sum += share.weights()[64 * 128 + 64];
    }
    assertEquals(1, sum, 1e-6f);
  }
}
