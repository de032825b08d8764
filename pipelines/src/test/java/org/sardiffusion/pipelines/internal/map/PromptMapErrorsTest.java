package org.sardiffusion.pipelines.internal.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.scene.SceneFrame;

/** What is wrong with a map is said with its place. */
class PromptMapErrorsTest {
  private static final SceneFrame ALONE = new SceneFrame(160, 80, 8, 0.4, Optional.empty());
  private static final SceneFrame PLACED =
      new SceneFrame(
          160,
          80,
          8,
          0.4,
          Optional.of(AffineGrid.northUp(Crs.of("EPSG:32631"), 448000, 5411000, 0.4)));
  private static final String HEAD = "{\"type\":\"FeatureCollection\",\"features\":[\n";

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static PromptMap map(RegionSource source, SceneFrame frame) {
    return PromptMap.of(source, new PromptMapRequest(frame, 10, Optional.of("elsewhere")));
  }

  private static void assertSays(String part, RegionSource source, SceneFrame frame) {
    String message =
        assertThrows(SarDiffusionException.class, () -> map(source, frame)).getMessage();
    assertTrue(message.contains(part), message);
  }

  private static String polygon(String coordinates) {
    return "{\"type\":\"Feature\",\"properties\":{\"prompt\":\"a forest\"},\"geometry\":"
        + "{\"type\":\"Polygon\",\"coordinates\":"
        + coordinates
        + "}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|is empty",
        "'a forest'|line 1: it is not JSON",
        "[1,2]|line 1: it is not a GeoJSON FeatureCollection",
        "{\"type\":\"Topology\"}|its type is \"Topology\"",
        "{\"type\":\"FeatureCollection\",\"features\":[]}|has no features",
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\"|it is not JSON",
        "{\"type\":\"FeatureCollection\",\"features\":[3]}|a GeoJSON Feature should begin here",
      })
  void whatIsNoGeoJsonIsRefused(String text, String part) throws IOException {
    assertSays(part, new PolygonFile(file("m.geojson", text)), ALONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[[0,0],[9,0]]]|a ring has at least 3 points, not 2",
        "[[[0,0],[9,0],[9,\"x\"]]]|point 3 of a ring is [9,\"x\"]",
        "[[[0,0],[9,0],[9,1e999]]]|point 3 of a ring",
        "7|should be an array of rings",
      })
  void aBadRingIsNamedByItsLine(String coordinates, String part) throws IOException {
    PolygonFile source =
        new PolygonFile(
            file("m.geojson", HEAD + polygon("[]") + ",\n" + polygon(coordinates) + "]}"));
    assertSays("m.geojson, line 3: the feature \"a forest\" that begins here: ", source, ALONE);
    assertSays(part, source, ALONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "{\"prompt\":\" \"}", "{\"prompt\":3}", "{\"name\":\"x\"}"})
  void aFeatureNeedsAPrompt(String properties) throws IOException {
    String feature =
        "{\"type\":\"Feature\",\"properties\":"
            + properties
            + ",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[9,0],[9,9]]]}}";
    assertSays(
        "line 2: the feature that begins here has no prompt",
        new PolygonFile(file("m.geojson", HEAD + feature + "]}")),
        ALONE);
  }

  @Test
  void pointsAreNoRegions() throws IOException {
    String point =
        "{\"type\":\"Feature\",\"properties\":{\"prompt\":\"a\"},\"geometry\":"
            + "{\"type\":\"Point\",\"coordinates\":[1,2]}}";
    assertSays("not \"Point\"", new PolygonFile(file("m.geojson", HEAD + point + "]}")), ALONE);
  }

  @Test
  void aMapThatMissesTheSceneSaysBothExtents() throws IOException {
    Path file = file("m.geojson", HEAD + polygon("[[[500,0],[900,0],[900,90]]]") + "]}");
    assertSays("They span columns and rows x 500", new PolygonFile(file), ALONE);
    assertSays("in EPSG:32631; the scene spans x 448000", new PolygonFile(file), PLACED);
    Path degrees = file("d.geojson", HEAD + polygon("[[[2,41],[3,41],[3,42]]]") + "]}");
    assertSays("in EPSG:4326; the scene spans about x 2.29", new PolygonFile(degrees), PLACED);
    Path antipode =
        file("a.geojson", HEAD + polygon("[[[-178,-41],[-177,-41],[-177,-42]]]") + "]}");
    assertSays("no polygon lies in the scene", new PolygonFile(antipode), PLACED);
  }

  @Test
  void theWholeWorldIsAPolygonToo() throws IOException {
    String world = polygon("[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]");
    PromptMap map = map(new PolygonFile(file("m.geojson", HEAD + world + "]}")), PLACED);
    assertEquals(List.of("a forest"), map.prompts());
  }

  @Test
  void oneOfSeveralOutsideIsAWarning() throws IOException {
    String text =
        HEAD
            + polygon("[[[0,0],[90,0],[90,80],[0,0]]]")
            + ",\n"
            + polygon("[[[500,0],[900,0],[900,90],[500,0]]]")
            + "]}";
    PromptMap map = map(new PolygonFile(file("m.geojson", text)), ALONE);
    assertEquals(1, map.warnings().size());
    assertTrue(map.warnings().get(0).contains("m.geojson, line 3: the region of \"a forest\""));
  }

  @Test
  void aRingThatCrossesItselfIsDrawnWithAWarning() throws IOException {
    String bow = polygon("[[[0,0],[160,80],[160,0],[0,80],[0,0]]]");
    PromptMap map = map(new PolygonFile(file("m.geojson", HEAD + bow + "]}")), ALONE);
    assertTrue(map.warnings().get(0).contains("Self-intersection at 80.0, 40.0"));
    String above = map.prompts().get(map.region(10, 0));
    assertEquals("elsewhere", above);
    assertEquals("a forest", map.prompts().get(map.region(0, 5)));
    assertEquals("a forest", map.prompts().get(map.region(19, 5)));
  }

  @Test
  void coordinateSystemsAreChecked() throws IOException {
    String ring = polygon("[[[0,0],[9,0],[9,9]]]");
    String crs = "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"%s\"}},";
    String rest = HEAD.substring(1) + ring + "]}";
    Path known = file("k.geojson", crs.formatted("urn:ogc:def:crs:EPSG::32632") + rest);
    assertSays("the scene has no place", new PolygonFile(known), ALONE);
    Path strange = file("s.geojson", crs.formatted("local grid") + rest);
    assertSays("has no EPSG code", new PolygonFile(strange), PLACED);
    Path unknown = file("u.geojson", crs.formatted("EPSG:99999") + rest);
    assertThrows(PlacementException.class, () -> map(new PolygonFile(unknown), PLACED));
    Path nameless = file("n.geojson", "{\"crs\":{\"type\":\"link\"}," + rest);
    assertSays("names no coordinate system", new PolygonFile(nameless), PLACED);
  }

  @Test
  void anUncoveredPlaceIsNamed() throws IOException {
    Path file = file("m.geojson", HEAD + polygon("[[[0,0],[160,0],[160,80],[80,0]]]") + "]}");
    PromptMapRequest alone = new PromptMapRequest(ALONE, 10, Optional.empty());
    String message =
        assertThrows(PromptMapException.class, () -> PromptMap.of(new PolygonFile(file), alone))
            .getMessage();
    assertTrue(message.contains("No region covers column 4, row 4 of the scene"), message);
    Path degrees =
        file(
            "d.geojson",
            HEAD + polygon("[[[2.2915,48.84],[2.3,48.84],[2.3,48.86],[2.2915,48.86]]]") + "]}");
    PromptMapRequest placed = new PromptMapRequest(PLACED, 10, Optional.empty());
    message =
        assertThrows(PromptMapException.class, () -> PromptMap.of(new PolygonFile(degrees), placed))
            .getMessage();
    assertTrue(message.contains("(EPSG:32631 448001.8, 5410998.2)"), message);
  }

  @Test
  void gigantsAndMissingFilesAreRefusedUnread() throws IOException {
    Path gigantic = folder.resolve("g.geojson");
    try (RandomAccessFile sparse = new RandomAccessFile(gigantic.toFile(), "rw")) {
      sparse.setLength(3L << 40);
    }
    assertSays("3145728 MiB, more than the 64 MiB", new PolygonFile(gigantic), ALONE);
    assertSays("There is no file", new PolygonFile(folder.resolve("no.geojson")), ALONE);
    assertSays("is not a file", new PolygonFile(folder), ALONE);
    assertSays("There is no file", new PositionList(folder.resolve("no.csv")), ALONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "l.csv|'prompt,x\na,0\n\"b\nc\",1\nd,x'|line 5: x is \"x\", which is not a number",
        "l.csv|'prompt,x\na,NaN'|which is not a number",
        "l.csv|'prompt,column\na,0'|line 1: \"column\" is not known",
        "l.csv|'x,y\n0,0'|line 1: the first line must name the columns",
        "l.csv|'prompt,x,x\na,0,0'|two columns are named \"x\"",
        "l.csv|'prompt,x\na,0,1,2'|line 2: the row has 4 fields, but the header names 2 columns",
        "l.csv|'prompt,width\na,-5'|line 2: width must be above 0",
        "l.csv|'prompt,x,x_m\na,5,5'|both x and x_m",
        "l.csv|'prompt,x\n ,5'|line 2: the row has no prompt",
        "l.csv|'prompt,x\n'|holds no prompt",
        "l.jsonl|'{\"prompt\":\"a\"}\n{'|line 2: it is not JSON",
        "l.jsonl|'\n[1]'|line 2: it is not a JSON object",
        "l.jsonl|'{\"prompt\":\"a\",\"left\":1}'|line 1: \"left\" is not known",
        "l.csv|'prompt,x\n\"a\"b,0'|line 2: text follows a closing quote",
        "l.jsonl|'{\"prompt\":\"a\"}{\"prompt\":\"b\"}'|line 1: something follows its JSON object",
        "l.xlsx|'x'|use .csv, .jsonl or .parquet",
      })
  void badRowsAreNamedByTheirLines(String name, String text, String part) throws IOException {
    assertSays(part, new PositionList(file(name, text)), ALONE);
  }

  @Test
  void rowsSayWhereInPixelsOrMetresAndLaterOnesCoverEarlierOnes() throws IOException {
    List<Path> same =
        List.of(
            file("a.csv", "prompt,x,y,width,height\na,,,,\nb,80,,,\n\"c, d\",40,40,80,16\n"),
            file("b.csv", "\uFEFFPrompt;x_m;y;width_m;height\na\nb;32\nc, d;16;40;32;16\n"),
            file(
                "c.jsonl",
                "{\"prompt\":\"a\"}\n\n{\"prompt\":\"b\",\"x\":80}\n{\"prompt\":\"c, d\",\"x\":40,"
                    + "\"y_m\":16,\"width\":80,\"height_m\":6.4}"));
    for (Path file : same) {
      PromptMap map =
          PromptMap.of(new PositionList(file), new PromptMapRequest(ALONE, 0, Optional.empty()));
      for (int row = 0; row < 10; row++) {
        for (int column = 0; column < 20; column++) {
          boolean inC = column >= 5 && column < 15 && row >= 5 && row < 7;
          String expected = inC ? "c, d" : column >= 10 ? "b" : "a";
          assertEquals(expected, map.prompts().get(map.region(column, row)), file + "");
        }
      }
    }
  }

  private Path labels() throws IOException {
    Path labels = folder.resolve("labels.npy");
    float[] values = new float[4 * 8];
    values[3 * 8 + 5] = 7;
    NpyWriter.write(labels, new NpyArray(new int[] {4, 8}, values));
    return labels;
  }

  @Test
  void anUnknownLabelIsNamedWithItsPlace() throws IOException {
    Path legend = file("l.csv", "value,prompt\n0,\"a field, flat\"\n1,b\n");
    assertSays(
        "has label 7 at column 5, row 3, for which " + legend + " has no prompt. It has [0, 1]",
        new LabelRaster(labels(), legend),
        ALONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "l.yaml|'0: a\n7: b\n0: c'|line 3: label 0 has two prompts",
        "l.yaml|'0: a\nx: b'|line 2: \"x\" is not a whole number",
        "l.yaml|'- a'|line 1: it should be a legend",
        "l.yaml|'0: [a]'|line 1: it should be a number and a prompt",
        "l.yaml|'0: \"a'|it is not YAML",
        "l.yaml|'# none'|has no entries",
        "l.yaml|''|is empty",
        "l.json|'{\"0\":\"a\",\n\"7\":8}'|line 2: the prompt of \"7\" is not text",
        "l.json|'[]'|it should be an object",
        "l.json|'{\"0\"'|it is not JSON",
        "l.csv|'0,a\n7,b,c'|line 2: there are 3 fields",
        "l.csv|'0,a\n7, '|line 2: the prompt of 7 is empty",
        "l.csv|'99999999,a'|labels reach to",
        "l.txt|'0 a'|use .yaml, .json or .csv",
      })
  void aBadLegendIsNamedByItsLine(String name, String text, String part) throws IOException {
    assertSays(part, new LabelRaster(labels(), file(name, text)), ALONE);
  }

  @Test
  void legendsOfAllFormatsAreTheSame() throws IOException {
    List<Path> legends =
        List.of(
            file("l.yaml", "0: 'A <SAR> image: fields'\n7: a city\n"),
            file("l.json", "{\n\t\"0\": \"A <SAR> image: fields\",\n\t\"7\": \"a city\"\n}"),
            file("l.csv", "0;A <SAR> image: fields\r\n7;a city\r\n"));
    for (Path legend : legends) {
      PromptMap map = map(new LabelRaster(labels(), legend), ALONE);
      assertEquals(List.of("A <SAR> image: fields", "a city"), map.prompts());
    }
  }

  @Test
  void blendingWidthsHaveARange() {
    for (double blend : new double[] {-1, Double.NaN, 1e9}) {
      assertThrows(
          PromptMapException.class,
          () -> new PromptMapRequest(ALONE, blend, Optional.empty()),
          () -> "blend " + blend);
    }
  }

  @Test
  void damagedMapsNeverEndInAnythingButAMessage() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good =
        (HEAD + polygon("[[[0,0],[90,0],[90,80],[0,0]],[[5,5],[9,5],[9,9]]]") + "]}")
            .getBytes(StandardCharsets.UTF_8);
    for (int n = 0; n < 500; n++) {
      byte[] bad = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(128);
      }
      Path file = Files.write(folder.resolve("fuzz.geojson"), bad);
      try {
        map(new PolygonFile(file), ALONE);
      } catch (SarDiffusionException e) {
        assertTrue(e.getMessage().contains("fuzz.geojson"), "seed " + seed + ": " + e);
      }
    }
  }
}
