package org.sardiffusion.geo.internal.stac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.files.ImageFiles;
import org.sardiffusion.geo.files.RadarBand;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;

/** The rules of the STAC 1.1 item specification and of the extensions that an item names. */
class StacItemTest {
  @TempDir Path folder;

  @Test
  void aGeoreferencedItem() throws Exception {
    AffineGrid place = AffineGrid.northUp(Crs.of("EPSG:32631"), 500000, 5400000, 0.4);
    WriteOptions options =
        WriteOptions.defaults()
            .withBand(RadarBand.X)
            .withCreated(Instant.parse("2026-03-04T05:06:07.89Z"))
            .withDerivedFrom(List.of("./source.json"))
            .withNodata(Double.NaN);
    JsonNode item = item(Samples.speckle(200, 100), place, options);
    assertRequiredFields(item);
    assertEquals("Polygon", item.at("/geometry/type").asText());
    assertCounterclockwise(item.at("/geometry/coordinates/0"));
    assertBoxAround(item.get("bbox"), item.at("/geometry/coordinates/0"));
    JsonNode properties = item.get("properties");
    assertEquals("2026-03-04T05:06:07Z", properties.get("datetime").asText());
    assertEquals("EPSG:32631", properties.get("proj:code").asText());
    assertEquals("[100,200]", properties.get("proj:shape").toString());
    assertEquals(
        "[0.4,0.0,500000.0,0.0,-0.4,5400000.0]", properties.get("proj:transform").toString());
    assertEquals("X", properties.get("sar:frequency_band").asText());
    assertEquals(0.4, properties.get("gsd").asDouble());
    assertEquals("0.1.0", properties.at("/processing:software/sar-diffusion").asText());
    assertTrue(properties.get("sardiffusion:synthetic").asBoolean());
    assertEquals(Samples.PROMPT, properties.get("sardiffusion:prompt").asText());
    assertEquals(
        "[{\"rel\":\"derived_from\",\"href\":\"./source.json\"}]", item.get("links").toString());
    assertEquals("nan", item.at("/assets/image/bands/0/nodata").asText());
  }

  @Test
  void theAssetIsTheFileBesideIt() throws Exception {
    JsonNode item =
        item(Samples.speckle(9, 9), AffineGrid.unreferenced(0.4), WriteOptions.defaults());
    JsonNode asset = item.at("/assets/image");
    byte[] file = Files.readAllBytes(folder.resolve(asset.get("href").asText()));
    assertEquals(file.length, asset.get("file:size").asInt());
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(file);
    assertEquals("1220" + HexFormat.of().formatHex(digest), asset.get("file:checksum").asText());
  }

  @Test
  void withoutASystemTheGeometryIsNull() throws Exception {
    JsonNode item =
        item(Samples.speckle(9, 9), AffineGrid.unreferenced(0.4), WriteOptions.defaults());
    assertRequiredFields(item);
    assertTrue(item.get("geometry").isNull());
    // "bbox" is prohibited when the geometry is null.
    assertFalse(item.has("bbox"));
    assertFalse(item.get("properties").has("proj:code"));
    assertEquals(0.4, item.at("/properties/gsd").asDouble());
  }

  @Test
  void acrossTheAntimeridianTheOutlineIsCut() throws Exception {
    // UTM zone 60 ends at 180 degrees east, 6 degrees from its middle at 177.
    AffineGrid place = AffineGrid.northUp(Crs.of("EPSG:32760"), 700000, 6000000, 1000);
    JsonNode item = item(Samples.speckle(200, 100), place, WriteOptions.defaults());
    assertEquals("MultiPolygon", item.at("/geometry/type").asText());
    assertEquals(2, item.at("/geometry/coordinates").size());
    for (JsonNode polygon : item.at("/geometry/coordinates")) {
      assertCounterclockwise(polygon.get(0));
      for (JsonNode corner : polygon.get(0)) {
        assertTrue(Math.abs(corner.get(0).asDouble()) <= 180, corner.toString());
      }
    }
    JsonNode box = item.get("bbox");
    assertTrue(box.get(0).asDouble() > 170 && box.get(2).asDouble() < -170, box.toString());
  }

  @Test
  void statisticsAreThoseOfTheStoredValuesWithData() throws Exception {
    AmplitudeRaster image = new AmplitudeRaster(5, 1, new float[] {0, 1, 0.2f, 0.4f, Float.NaN});
    WriteOptions options = WriteOptions.defaults().withSampleType(SampleType.UINT8).withNodata(7);
    JsonNode band = item(image, AffineGrid.unreferenced(1), options).at("/assets/image/bands/0");
    assertEquals("uint8", band.get("data_type").asText());
    assertEquals(1 / 255.0, band.get("raster:scale").asDouble());
    assertEquals(7, band.get("nodata").asDouble());
    JsonNode statistics = band.get("statistics");
    assertArrayEquals(
        // 0, 255, 51, 102.
        new double[] {0, 255, 102, Math.sqrt(9103.5 * 1.0), 4, 80},
        new double[] {
          statistics.get("minimum").asDouble(),
          statistics.get("maximum").asDouble(),
          statistics.get("mean").asDouble(),
          statistics.get("stddev").asDouble(),
          statistics.get("count").asDouble(),
          statistics.get("valid_percent").asDouble()
        },
        1e-9);
  }

  @Test
  void equalImagesMakeEqualItems() throws Exception {
    item(Samples.speckle(20, 20), AffineGrid.unreferenced(0.4), WriteOptions.defaults());
    String first = Files.readString(folder.resolve("item.stac.json"));
    item(Samples.speckle(20, 20), AffineGrid.unreferenced(0.4), WriteOptions.defaults());
    assertEquals(first, Files.readString(folder.resolve("item.stac.json")));
  }

  private JsonNode item(AmplitudeRaster image, AffineGrid place, WriteOptions options)
      throws Exception {
    Path tiff = folder.resolve("item.tif");
    Path stac = folder.resolve("item.stac.json");
    assertEquals(List.of(tiff, stac), ImageFiles.write(Samples.file(tiff, place, options), image));
    return new ObjectMapper().readTree(Files.readString(stac));
  }

  private static void assertRequiredFields(JsonNode item) {
    assertEquals("Feature", item.get("type").asText());
    assertEquals("1.1.0", item.get("stac_version").asText());
    assertEquals("item", item.get("id").asText());
    assertTrue(item.has("geometry"));
    assertTrue(item.get("links").isArray());
    assertTrue(item.get("assets").isObject());
    assertTrue(item.at("/assets/image/href").isTextual());
    JsonNode properties = item.get("properties");
    assertTrue(properties.has("datetime"));
    if (properties.get("datetime").isNull()) {
      OffsetDateTime start = OffsetDateTime.parse(properties.get("start_datetime").asText());
      OffsetDateTime end = OffsetDateTime.parse(properties.get("end_datetime").asText());
      assertTrue(start.isBefore(end));
    } else {
      OffsetDateTime.parse(properties.get("datetime").asText());
    }
    // Every prefix in use is declared.
    String extensions = item.get("stac_extensions").toString();
    assertTrue(extensions.contains("/projection/v2.0.0/") == item.toString().contains("\"proj:"));
    assertTrue(extensions.contains("/sar/v1.3.2/") == item.toString().contains("\"sar:"));
    assertTrue(extensions.contains("/file/v2.1.0/") && extensions.contains("/raster/v2.0.0/"));
    assertTrue(extensions.contains("/processing/v1.2.0/"));
  }

  private static void assertCounterclockwise(JsonNode ring) {
    double area = 0;
    for (int i = 0; i + 1 < ring.size(); i++) {
      area +=
          ring.at("/" + i + "/0").asDouble() * ring.at("/" + (i + 1) + "/1").asDouble()
              - ring.at("/" + (i + 1) + "/0").asDouble() * ring.at("/" + i + "/1").asDouble();
    }
    assertTrue(area > 0, ring.toString());
    assertEquals(ring.get(0), ring.get(ring.size() - 1));
  }

  private static void assertBoxAround(JsonNode box, JsonNode ring) {
    for (JsonNode corner : ring) {
      assertTrue(corner.get(0).asDouble() >= box.get(0).asDouble());
      assertTrue(corner.get(1).asDouble() >= box.get(1).asDouble());
      assertTrue(corner.get(0).asDouble() <= box.get(2).asDouble());
      assertTrue(corner.get(1).asDouble() <= box.get(3).asDouble());
    }
  }
}
