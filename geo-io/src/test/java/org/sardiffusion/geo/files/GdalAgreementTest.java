package org.sardiffusion.geo.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;

/** What GDAL sees in our files; skipped where gdalinfo is not installed. */
class GdalAgreementTest {
  @TempDir Path folder;

  @BeforeAll
  static void needsGdal() {
    boolean there;
    try {
      there = new ProcessBuilder("gdalinfo", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      there = false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assumeTrue(there, "gdalinfo is not installed");
  }

  @Test
  void aGeoreferencedFloatImage() throws Exception {
    AffineGrid place = AffineGrid.northUp(Crs.of("EPSG:32631"), 500000, 5400000, 0.4);
    JsonNode info =
        written("a.tif", 600, 530, place, WriteOptions.defaults().withNodata(Double.NaN));
    assertEquals("[600,530]", info.get("size").toString());
    assertEquals("[500000.0,0.4,0.0,5400000.0,0.0,-0.4]", info.get("geoTransform").toString());
    assertTrue(info.at("/coordinateSystem/wkt").asText().endsWith("ID[\"EPSG\",32631]]"));
    assertEquals("DEFLATE", info.at("/metadata/IMAGE_STRUCTURE/COMPRESSION").asText());
    assertEquals("Area", info.at("/metadata//AREA_OR_POINT").asText());
    JsonNode band = info.at("/bands/0");
    assertEquals("Float32", band.get("type").asText());
    assertEquals("[512,512]", band.get("block").toString());
    assertEquals("Gray", band.get("colorInterpretation").asText());
    assertEquals("amplitude", band.get("description").asText());
    assertEquals("NaN", band.get("noDataValue").asText());
    for (Map.Entry<String, String> item : Samples.provenance(Samples.PROMPT).items().entrySet()) {
      assertEquals(item.getValue(), info.at("/metadata/").get(item.getKey()).asText());
    }
  }

  @Test
  void gdalReadsTheSamePixels() throws Exception {
    Path file = folder.resolve("pixels.tif");
    ImageFiles.write(Samples.file(file), Samples.speckle(600, 530));
    assertEquals(
        Samples.speckle(600, 530).samples()[200 * 600 + 555],
        Float.parseFloat(run("gdallocationinfo", "-valonly", file.toString(), "555", "200")));
  }

  @Test
  void anImageWithoutASystemHasAPixelSizeOnly() throws Exception {
    JsonNode info = written("u.tif", 40, 30, AffineGrid.unreferenced(0.4), WriteOptions.defaults());
    assertEquals("[0.0,0.4,0.0,0.0,0.0,-0.4]", info.get("geoTransform").toString());
    assertTrue(info.at("/coordinateSystem/wkt").asText().isEmpty(), info.toString());
  }

  @ParameterizedTest
  @CsvSource({"UINT8, Byte, 0.00392156862745098", "UINT16, UInt16, 1.5259021896696422E-5"})
  void integersCarryTheirScale(SampleType type, String gdalType, double scale) throws Exception {
    WriteOptions options = WriteOptions.defaults().withSampleType(type).withNodata(0);
    JsonNode band = written("i.tif", 40, 30, AffineGrid.unreferenced(0.4), options).at("/bands/0");
    assertEquals(gdalType, band.get("type").asText());
    assertEquals(scale, band.get("scale").asDouble(), 1e-10 * scale);
    assertEquals(0, band.get("offset").asDouble());
    assertEquals(0, band.get("noDataValue").asDouble());
    assertEquals("[48,32]", band.get("block").toString());
  }

  @ParameterizedTest
  @CsvSource({"DEFLATE, DEFLATE", "ZSTD, ZSTD"})
  void compressionsHaveTheirNames(Compression compression, String name) throws Exception {
    WriteOptions options = WriteOptions.defaults().withCompression(compression);
    JsonNode info = written("c.tif", 600, 20, AffineGrid.unreferenced(0.4), options);
    assertEquals(name, info.at("/metadata/IMAGE_STRUCTURE/COMPRESSION").asText());
    assertFalse(run("gdalinfo", "-checksum", folder.resolve("c.tif").toString()).isEmpty());
  }

  /** Footprints against GDAL's, that is PROJ's, transformation of the same corners. */
  @ParameterizedTest
  @CsvSource({
    "EPSG:32631, 500000, 5400000, 0.4, 1e-8",
    "EPSG:32760, 500000, 4000000, 0.4, 1e-8",
    "EPSG:2154, 700000, 6600000, 10, 1e-7",
    "EPSG:3857, 250000, 6250000, 1, 1e-8",
    "EPSG:3035, 4000000, 3000000, 1, 1e-7",
    "EPSG:3031, 100000, 1200000, 1, 1e-8",
    "EPSG:4326, 2.35, 48.85, 4e-6, 1e-9",
    // A datum shift by three or seven parameters: the two differ by metres.
    "EPSG:27700, 400000, 300000, 1, 1e-4"
  })
  void placesAgree(String code, double x, double y, double pixelSize, double tolerance)
      throws Exception {
    AffineGrid place = AffineGrid.northUp(Crs.of(code), x, y, pixelSize);
    JsonNode info = written("p.tif", 200, 100, place, WriteOptions.defaults());
    String wkt = info.at("/coordinateSystem/wkt").asText();
    assertTrue(wkt.endsWith("ID[\"EPSG\"," + code.substring(5) + "]]"), wkt);
    List<Double> theirs = new ArrayList<>();
    info.at("/wgs84Extent/coordinates/0").forEach(p -> p.forEach(v -> theirs.add(v.asDouble())));
    double[] ours = place.outline(200, 100).orElseThrow();
    assertEquals(ours.length, theirs.size());
    for (int i = 0; i < ours.length; i++) {
      // gdalinfo prints seven decimals.
      assertEquals(theirs.get(i), ours[i], tolerance + 1e-7, "coordinate " + i);
    }
  }

  @Test
  void aPngCarriesThePrompt() throws Exception {
    Path file = folder.resolve("x.png");
    ImageFiles.write(Samples.file(file), Samples.speckle(40, 30));
    JsonNode info = new ObjectMapper().readTree(run("gdalinfo", "-json", file.toString()));
    assertEquals("Byte", info.at("/bands/0/type").asText());
    assertEquals("YES", info.at("/metadata/").get("SYNTHETIC").asText());
    assertEquals(Samples.PROMPT, info.at("/metadata/").get("PROMPT").asText());
  }

  private JsonNode written(
      String name, int width, int height, AffineGrid place, WriteOptions options) throws Exception {
    Path file = folder.resolve(name);
    ImageFiles.write(Samples.file(file, place, options), Samples.speckle(width, height));
    return new ObjectMapper().readTree(run("gdalinfo", "-json", file.toString()));
  }

  /** The output of a command that must succeed without a warning. */
  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), "UTF-8");
    assertEquals(0, process.waitFor(), output);
    assertFalse(output.contains("ERROR") || output.contains("Warning"), output);
    return output;
  }
}
