package org.sardiffusion.geo.internal.tiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.internal.PixelCoding;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.Affine;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.ControlPoint;
import org.sardiffusion.geo.raster.ControlPoints;
import org.sardiffusion.geo.raster.Georeference;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.Spacing;

/** Images written by rows, held against what went in and what GDAL sees. */
class GeoTiffWriterTest {
  private static final int WIDTH = 1201;
  private static final int HEIGHT = 530;
  private static final long CLASSIC = 1L << 32;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "NONE, FLOAT32, 0",
    "DEFLATE, FLOAT32, 4294967296",
    "ZSTD, UINT16, 0",
    "DEFLATE, UINT8, 4294967296"
  })
  void whatGoesInComesOut(Compression compression, SampleType type, long classicLimit)
      throws IOException {
    float[] values = speckle();
    PixelCoding coding =
        new PixelCoding(type, OptionalDouble.of(type.isInteger() ? 0 : Double.NaN));
    values[WIDTH * 3 + 5] = Float.NaN;
    GeoTiffImage image =
        image(Georeference.none(), new TiffSettings(coding, compression, Optional.empty()));
    Path file = written(image, values, classicLimit);
    assertEquals(classicLimit == 0 ? 43 : 42, Files.readAllBytes(file)[2]);
    assertTrue(Files.size(file) <= GeoTiffWriter.sizeBound(image));
    try (Raster raster = Rasters.open(file)) {
      assertEquals(Optional.of(new Spacing(0.4, 0.5)), raster.metadata().spacing());
      float[] read = new float[values.length];
      raster.readRows(0, HEIGHT, read);
      assertEquals(Float.NaN, read[WIDTH * 3 + 5]);
      if (type == SampleType.FLOAT32) {
        assertArrayEquals(values, read);
      } else {
        for (int i = 0; i < read.length; i++) {
          // What is stored as 0 is taken for the nodata value.
          float expected = Float.isNaN(read[i]) ? 0 : read[i];
          assertEquals(Float.isNaN(values[i]) ? 0 : values[i], expected, 0.51 / type.maximum());
        }
      }
    }
  }

  @Test
  void gdalSeesControlPointsOverviewsAndItems() throws Exception {
    ControlPoints points =
        new ControlPoints(
            List.of(
                new ControlPoint(0.5, 0.5, 1.44, 43.61, 150),
                new ControlPoint(1200.5, 0.5, 1.46, 43.612, 151.5),
                new ControlPoint(0.5, 529.5, 1.441, 43.59, 0),
                new ControlPoint(1200.5, 529.5, 1.461, 43.592, 3)),
            Optional.of(Crs.WGS84));
    Path file = written(image(points, floats()), speckle(), 0);
    JsonNode info = info(file);
    JsonNode list = info.at("/gcps/gcpList");
    assertEquals(4, list.size());
    for (int i = 0; i < 4; i++) {
      ControlPoint point = points.points().get(i);
      assertEquals(point.column(), list.get(i).get("pixel").asDouble());
      assertEquals(point.row(), list.get(i).get("line").asDouble());
      assertEquals(point.x(), list.get(i).get("x").asDouble());
      assertEquals(point.y(), list.get(i).get("y").asDouble());
      assertEquals(point.z(), list.get(i).path("z").asDouble());
    }
    assertTrue(info.at("/gcps/coordinateSystem/wkt").asText().endsWith("ID[\"EPSG\",4326]]"));
    assertEquals("[512,512]", info.at("/bands/0/block").toString());
    assertEquals("[601,265]", info.at("/bands/0/overviews/0/size").toString());
    assertEquals("[301,133]", info.at("/bands/0/overviews/1/size").toString());
    assertEquals(2, info.at("/bands/0/overviews").size());
    assertEquals("0.4", info.at("/metadata/").get("COLUMN_SPACING_M").asText());
    assertEquals("YES", info.at("/metadata/").get("SYNTHETIC").asText());
    assertEquals("amplitude", info.at("/bands/0/description").asText());
    try (Raster raster = Rasters.open(file)) {
      assertEquals(points, raster.metadata().georeference());
    }
  }

  @Test
  void gdalSeesARotatedGrid() throws Exception {
    Affine map = new Affine(370000.25, 0.3, 0.4, 4828000, 0.4, -0.3);
    AffineGrid grid = new AffineGrid(map, Optional.of(Crs.epsg(32631)));
    Path file = written(image(grid, floats()), speckle(), CLASSIC);
    assertEquals(
        "[370000.25,0.3,0.4,4828000.0,0.4,-0.3]", info(file).get("geoTransform").toString());
    try (Raster raster = Rasters.open(file)) {
      assertEquals(grid, raster.metadata().georeference());
    }
  }

  @Test
  void gdalSeesANorthUpGridWithoutASystem() throws Exception {
    AffineGrid grid = new AffineGrid(new Affine(10, 0.4, 0, 20, 0, -0.5), Optional.empty());
    Path file = written(image(grid, floats()), speckle(), CLASSIC);
    JsonNode info = info(file);
    assertEquals("[10.0,0.4,0.0,20.0,0.0,-0.5]", info.get("geoTransform").toString());
    assertTrue(info.at("/coordinateSystem/wkt").asText().isEmpty(), info.toString());
  }

  /**
   * GDAL's own reading of each overview against root mean squares computed here, block by block.
   */
  @Test
  void overviewsKeepThePower() throws Exception {
    float[] values = speckle();
    values[0] = Float.NaN;
    Path file = written(image(Georeference.none(), floats()), values, CLASSIC);
    Path half = folder.resolve("half.tif");
    assumeTrue(
        ran("gdal_translate", "-q", "-oo", "OVERVIEW_LEVEL=0", file.toString(), half.toString()));
    try (Raster raster = Rasters.open(half)) {
      assertEquals(601, raster.width());
      assertEquals(265, raster.height());
      float[] read = new float[601 * 265];
      raster.readRows(0, 265, read);
      for (int row = 0; row < 265; row++) {
        for (int column = 0; column < 601; column++) {
          double sum = 0;
          int count = 0;
          for (int y = 2 * row; y < Math.min(HEIGHT, 2 * row + 2); y++) {
            for (int x = 2 * column; x < Math.min(WIDTH, 2 * column + 2); x++) {
              float value = values[y * WIDTH + x];
              sum += Float.isNaN(value) ? 0 : (double) value * value;
              count += Float.isNaN(value) ? 0 : 1;
            }
          }
          assertEquals(Math.sqrt(sum / count), read[row * 601 + column], 1e-6);
        }
      }
    }
  }

  @Test
  void gdalReadsTheSamePixels() throws Exception {
    float[] values = speckle();
    Path file = written(image(Georeference.none(), floats()), values, 0);
    Path copy = folder.resolve("copy.img");
    assumeTrue(ran("gdal_translate", "-q", "-of", "ENVI", file.toString(), copy.toString()));
    try (Raster raster = Rasters.open(copy)) {
      float[] read = new float[values.length];
      raster.readRows(0, HEIGHT, read);
      assertArrayEquals(values, read);
    }
  }

  @Test
  void refusesMissingAndSurplusRows() throws IOException {
    Path file = Files.createFile(folder.resolve("x.tif"));
    GeoTiffImage image = image(Georeference.none(), floats());
    try (GeoTiffWriter stream = GeoTiffWriter.create(file, image)) {
      stream.writeRows(0, 2, new float[2 * WIDTH]);
      assertThrows(IllegalStateException.class, stream::finish);
      assertThrows(
          IllegalArgumentException.class, () -> stream.writeRows(2, 1, new float[WIDTH - 1]));
      assertThrows(IllegalArgumentException.class, () -> stream.writeRows(3, 1, new float[WIDTH]));
      assertThrows(
          IllegalArgumentException.class,
          () -> stream.writeRows(2, HEIGHT, new float[HEIGHT * WIDTH]));
    }
  }

  private Path written(GeoTiffImage image, float[] values, long classicLimit) throws IOException {
    Path file = folder.resolve("out.tif");
    Files.write(file, new byte[] {1, 2, 3});
    Random random = new Random(6);
    try (GeoTiffWriter stream = GeoTiffWriter.create(file, image, classicLimit)) {
      for (int row = 0; row < HEIGHT; ) {
        int rows = Math.min(HEIGHT - row, random.nextInt(200));
        float[] strip = new float[rows * WIDTH];
        System.arraycopy(values, row * WIDTH, strip, 0, strip.length);
        stream.writeRows(row, rows, strip);
        row += rows;
      }
      stream.finish();
    }
    return file;
  }

  private static GeoTiffImage image(Georeference place, TiffSettings settings) {
    return new GeoTiffImage(
        new Size(WIDTH, HEIGHT),
        place,
        Optional.of(new Spacing(0.4, 0.5)),
        Samples.provenance(Samples.PROMPT),
        settings);
  }

  private static TiffSettings floats() {
    return new TiffSettings(
        PixelCoding.of(SampleType.FLOAT32), Compression.DEFLATE, Optional.empty());
  }

  private static float[] speckle() {
    return Samples.speckle(WIDTH, HEIGHT).samples().clone();
  }

  private static JsonNode info(Path file) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder("gdalinfo", "-json", file.toString()).start();
    } catch (IOException e) {
      assumeTrue(false, "gdalinfo is not installed");
      throw e;
    }
    JsonNode info = new ObjectMapper().readTree(process.getInputStream());
    assertEquals(0, process.waitFor());
    return info;
  }

  private static boolean ran(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
