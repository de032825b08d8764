package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.place.Crs;

/** What GDAL writes, we read, and where we both read, we agree; skipped without GDAL. */
class GdalOracleTest {
  private static final int WIDTH = 83;
  private static final int HEIGHT = 71;

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

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Byte    |",
        "Byte    | COMPRESS=LZW TILED=YES BLOCKXSIZE=32 BLOCKYSIZE=16",
        "Byte    | COMPRESS=LZW PREDICTOR=2",
        "Byte    | COMPRESS=PACKBITS",
        "UInt16  | ENDIANNESS=BIG",
        "UInt16  | COMPRESS=LZW PREDICTOR=2 TILED=YES BLOCKXSIZE=64 BLOCKYSIZE=32",
        "UInt16  | COMPRESS=DEFLATE PREDICTOR=2 ENDIANNESS=BIG",
        "UInt16  | COMPRESS=PACKBITS BLOCKYSIZE=5",
        "Int16   | COMPRESS=ZSTD PREDICTOR=2",
        "UInt32  | COMPRESS=LZW PREDICTOR=2 ENDIANNESS=BIG",
        "Int32   | COMPRESS=DEFLATE BIGTIFF=YES",
        "Float32 | BLOCKYSIZE=71",
        "Float32 | COMPRESS=LZW BLOCKYSIZE=71",
        "Float32 | COMPRESS=DEFLATE PREDICTOR=3 TILED=YES BLOCKXSIZE=16 BLOCKYSIZE=48",
        "Float32 | COMPRESS=LZW PREDICTOR=2 ENDIANNESS=BIG",
        "Float32 | COMPRESS=ZSTD PREDICTOR=2 BIGTIFF=YES TILED=YES",
        "Float32 | TILED=YES BIGTIFF=YES ENDIANNESS=BIG",
        "Float64 | COMPRESS=DEFLATE PREDICTOR=3",
        "Float64 | COMPRESS=LZW PREDICTOR=2 TILED=YES",
        "CInt16  |",
        "CInt16  | COMPRESS=LZW TILED=YES BLOCKXSIZE=32 BLOCKYSIZE=32",
        "CInt16  | COMPRESS=DEFLATE ENDIANNESS=BIG",
        "CFloat32 | TILED=YES",
        "CFloat32 | COMPRESS=DEFLATE BIGTIFF=YES",
        "CFloat32 | COMPRESS=LZW ENDIANNESS=BIG",
        "CFloat64 | COMPRESS=ZSTD",
      })
  void weReadItsGeoTiffs(String type, String options) throws Exception {
    boolean complex = type.startsWith("C");
    Picture picture = source(complex ? 2 : 1, type);
    List<String> command = command("-ot", type, "-of", "GTiff");
    for (String option : options == null ? new String[0] : options.split(" ")) {
      command.addAll(List.of("-co", option));
    }
    Path file = folder.resolve("out.tif");
    run(command, "source.img", file.toString());
    assertArrayEquals(picture.values(), all(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"BSQ", "BIL", "BIP"})
  void weReadItsEnvi(String interleave) throws Exception {
    for (String type : List.of("Byte", "Int16", "UInt16", "Float32", "CFloat32", "CFloat64")) {
      Picture picture = source(type.startsWith("C") ? 2 : 1, type);
      Path file = folder.resolve("e" + type + ".bin");
      List<String> command = command("-ot", type, "-of", "ENVI", "-co", "INTERLEAVE=" + interleave);
      command.addAll(List.of("-co", "SUFFIX=ADD"));
      run(command, "source.img", file.toString());
      assertArrayEquals(picture.values(), all(file), type);
    }
  }

  @Test
  void weReadItsPng() throws Exception {
    for (String type : List.of("Byte", "UInt16")) {
      Picture picture = source(1, type);
      Path file = folder.resolve(type + ".png");
      run(command("-ot", type, "-of", "PNG"), "source.img", file.toString());
      assertArrayEquals(picture.values(), all(file), type);
    }
  }

  @Test
  void itReadsOurJpegLikeUs() throws Exception {
    source(1, "Byte");
    run(command("-ot", "Byte", "-of", "JPEG"), "source.img", folder.resolve("a.jpg").toString());
    run(command("-of", "ENVI"), "a.jpg", folder.resolve("a.img").toString());
    float[] ours = all(folder.resolve("a.jpg"));
    float[] theirs = all(folder.resolve("a.img"));
    // Decoders may round the cosine transform differently.
    assertArrayEquals(theirs, ours, 1);
  }

  @Test
  void nodataIsNan() throws Exception {
    Picture picture = source(1, "Byte");
    Path file = folder.resolve("n.tif");
    run(command("-ot", "Byte", "-a_nodata", "17"), "source.img", file.toString());
    float[] expected = picture.values().clone();
    int count = 0;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] == 17) {
        expected[i] = Float.NaN;
        count++;
      }
    }
    assertFalse(count == 0);
    assertArrayEquals(expected, all(file));
  }

  @Test
  void scaleAndOffsetAreApplied() throws Exception {
    source(1, "UInt16");
    Path scaled = folder.resolve("s.tif");
    run(
        command("-ot", "UInt16", "-a_scale", "0.25", "-a_offset", "3"),
        "source.img",
        scaled.toString());
    Path applied = folder.resolve("u.tif");
    run(command("-ot", "Float32", "-unscale"), "s.tif", applied.toString());
    assertArrayEquals(all(applied), all(scaled));
    try (Raster raster = Rasters.open(scaled)) {
      assertEquals(OptionalDouble.of(65535 * 0.25 + 3), raster.metadata().encoding().saturation());
    }
  }

  /**
   * Products as Capella, Umbra and ICEYE deliver them on the ground: cloud-optimised GeoTIFFs with
   * overviews and a nodata value.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UInt16  | COMPRESS=DEFLATE PREDICTOR=YES BLOCKSIZE=128 OVERVIEW_COUNT=2 | 0",
        "Float32 | COMPRESS=LZW PREDICTOR=YES BLOCKSIZE=128 OVERVIEW_COUNT=1 | nan",
        "Byte    | COMPRESS=ZSTD BLOCKSIZE=256 BIGTIFF=YES OVERVIEW_COUNT=1 | 0",
      })
  void weReadCloudOptimisedProducts(String type, String options, String nodata) throws Exception {
    int width = 300;
    int height = 270;
    Picture picture = Picture.whole(width, height, 1, type.equals("Byte") ? 255 : 30000);
    RasterFiles.envi(
        folder.resolve("big.img"),
        Map.of("samples", "" + width, "lines", "" + height, "data type", "4", "bands", "1"),
        RasterFiles.bytes(picture.values(), ElementType.FLOAT32, ByteOrder.LITTLE_ENDIAN));
    List<String> command = command("-of", "COG", "-ot", type, "-a_srs", "EPSG:32631");
    command.addAll(List.of("-a_nodata", nodata, "-mo", "POLARIZATION=VV"));
    command.addAll(List.of("-a_ullr", "500000", "4800135", "500150", "4800000"));
    for (String option : options.split(" ")) {
      command.addAll(List.of("-co", option));
    }
    Path file = folder.resolve("cog.tif");
    run(command, "big.img", file.toString());
    assertTrue(info(file).at("/bands/0/overviews").size() > 0, "no overviews");
    try (Raster raster = Rasters.open(file)) {
      assertEquals(width, raster.width());
      assertEquals(height, raster.height());
      assertEquals(Optional.of(Spacing.square(0.5)), raster.metadata().spacing());
      assertEquals(Optional.of(Polarisation.VV), raster.metadata().acquisition().polarisation());
      assertAffine(file, ((AffineGrid) raster.metadata().georeference()).map(), 1e-6);
    }
    float[] expected = picture.values().clone();
    for (int i = 0; i < expected.length; i++) {
      expected[i] = nodata.equals("0") && expected[i] == 0 ? Float.NaN : expected[i];
    }
    assertArrayEquals(expected, all(file));
  }

  /** A slant-range product with control points, and rational polynomials that are passed over. */
  @Test
  void rationalPolynomialsDoNotHideControlPoints() throws Exception {
    Picture picture = source(1, "UInt16");
    String zeros = "0 ".repeat(19);
    String rpc =
        "LINE_OFF 35|SAMP_OFF 41|LAT_OFF 43.6|LONG_OFF 1.4|HEIGHT_OFF 100|LINE_SCALE 35|SAMP_SCALE 41|"
            + "LAT_SCALE 0.1|LONG_SCALE 0.1|HEIGHT_SCALE 500|LINE_NUM_COEFF 0 "
            + zeros
            + "|LINE_DEN_COEFF 1 "
            + zeros
            + "|SAMP_NUM_COEFF 0 "
            + zeros
            + "|SAMP_DEN_COEFF 1 "
            + zeros;
    StringBuilder vrt = new StringBuilder("<VRTDataset rasterXSize=\"83\" rasterYSize=\"71\">");
    vrt.append("<Metadata domain=\"RPC\">");
    for (String line : rpc.split("\\|")) {
      String[] item = line.strip().split(" ", 2);
      vrt.append("<MDI key=\"" + item[0] + "\">" + item[1] + "</MDI>");
    }
    vrt.append("</Metadata><GCPList Projection=\"EPSG:4326\">");
    for (int i = 0; i < 4; i++) {
      vrt.append(
          "<GCP Id=\"%d\" Pixel=\"%d\" Line=\"%d\" X=\"%s\" Y=\"%s\" Z=\"9\"/>"
              .formatted(i, i % 2 * 83, i / 2 * 71, 1.4 + i % 2 * 0.001, 43.6 - i / 2 * 0.0007));
    }
    vrt.append("</GCPList><VRTRasterBand dataType=\"UInt16\" band=\"1\"><SimpleSource>");
    vrt.append("<SourceFilename relativeToVRT=\"1\">source.img</SourceFilename>");
    vrt.append("<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>");
    java.nio.file.Files.writeString(folder.resolve("slant.vrt"), vrt);
    Path file = folder.resolve("slant.tif");
    run(command("-co", "TILED=YES", "-co", "COMPRESS=LZW"), "slant.vrt", file.toString());
    assertTrue(info(file).get("metadata").has("RPC"), info(file).get("metadata").toString());
    try (Raster raster = Rasters.open(file)) {
      ControlPoints points = (ControlPoints) raster.metadata().georeference();
      assertEquals(4, points.points().size());
      assertEquals(Optional.of(Crs.epsg(4326)), points.crs());
      assertEquals(1.401, points.points().get(3).x(), 1e-12);
      assertTrue(LocationGrid.of(points).isPresent());
    }
    assertArrayEquals(picture.values(), all(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Area", "Point"})
  void placesAgree(String pixelIs) throws Exception {
    source(1, "Byte");
    Path file = folder.resolve("p.tif");
    List<String> command = command("-a_srs", "EPSG:32631", "-mo", "AREA_OR_POINT=" + pixelIs);
    command.addAll(List.of("-a_ullr", "500000", "4800071", "500041.5", "4800000"));
    run(command, "source.img", file.toString());
    try (Raster raster = Rasters.open(file)) {
      AffineGrid grid = (AffineGrid) raster.metadata().georeference();
      assertEquals(Optional.of(Crs.epsg(32631)), grid.crs());
      assertEquals(Optional.of(new Spacing(0.5, 1)), raster.metadata().spacing());
      assertAffine(file, grid.map(), 1e-6);
    }
  }

  /** A rotated image is stored as a matrix; GDAL makes one when it flips an axis, too. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void matricesAgree(int rasterType) throws Exception {
    Path file = folder.resolve("r.tif");
    double[] matrix = {0.4, 0.3, 0, 500000, 0.3, -0.4, 0, 4800000, 0, 0, 0, 0, 0, 0, 0, 1};
    placed(file, Map.of(34264, matrix, 34735, keys(rasterType)));
    try (Raster raster = Rasters.open(file)) {
      assertAffine(file, ((AffineGrid) raster.metadata().georeference()).map(), 1e-9);
      assertEquals(0.5, raster.metadata().spacing().orElseThrow().columns(), 1e-12);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void tiePointsInsideTheImageAgree(int rasterType) throws Exception {
    Path file = folder.resolve("t.tif");
    placed(
        file,
        Map.of(
            33922, new double[] {3, 5, 0, 500000, 4800000, 0},
            33550, new double[] {0.4, 0.8, 0},
            34735, keys(rasterType)));
    try (Raster raster = Rasters.open(file)) {
      assertAffine(file, ((AffineGrid) raster.metadata().georeference()).map(), 1e-9);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void controlPointsAgree(int rasterType) throws Exception {
    Path file = folder.resolve("g.tif");
    double[] ties = {0, 0, 0, 10, 20, 0, 36, 0, 0, 11, 20.5, 7, 36, 22, 0, 11.5, 19, 3};
    placed(file, Map.of(33922, ties, 34735, keys(rasterType)));
    try (Raster raster = Rasters.open(file)) {
      ControlPoints points = (ControlPoints) raster.metadata().georeference();
      JsonNode theirs = info(file).at("/gcps/gcpList");
      assertEquals(theirs.size(), points.points().size());
      for (int i = 0; i < theirs.size(); i++) {
        ControlPoint ours = points.points().get(i);
        assertEquals(theirs.get(i).get("pixel").asDouble(), ours.column());
        assertEquals(theirs.get(i).get("line").asDouble(), ours.row());
        assertEquals(theirs.get(i).get("x").asDouble(), ours.x());
        assertEquals(theirs.get(i).get("y").asDouble(), ours.y());
        assertEquals(theirs.get(i).path("z").asDouble(0), ours.z());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{UTM, 1, 1, 370000, 4828000, 0.8, 0.75, 31, North, WGS-84, units=Meters}",
        "{UTM, 3.5, 7, 370000, 4828000, 0.8, 0.75, 31, South, WGS-84}",
        "{UTM, 1, 1, 370000, 4828000, 0.8, 0.8, 31, North, WGS-84, units=Meters, rotation=30}",
        "{Geographic Lat/Lon, 1, 1, 1.5, 43.5, 1e-5, 1e-5, WGS-84, units=Degrees}",
      })
  void enviPlacesAgree(String mapInfo) throws Exception {
    Path file = folder.resolve("m.img");
    RasterFiles.envi(
        file,
        Map.of("samples", "4", "lines", "3", "data type", "1", "bands", "1", "map info", mapInfo),
        new byte[12]);
    try (Raster raster = Rasters.open(file)) {
      AffineGrid grid = (AffineGrid) raster.metadata().georeference();
      assertAffine(file, grid.map(), 1e-6);
      String wkt = info(file).at("/coordinateSystem/wkt").asText();
      String code = String.valueOf(grid.crs().orElseThrow().number());
      String zone = code.substring(code.length() - 2) + (code.startsWith("327") ? "S" : "N");
      assertTrue(wkt.contains(code.equals("4326") ? "GEOGCRS" : "UTM zone " + zone), wkt);
    }
  }

  /** Degrees turned into metres against the length of the geodesic by hand (Vincenty). */
  @Test
  void degreesBecomeMetres() throws Exception {
    source(1, "Byte");
    Path file = folder.resolve("d.tif");
    List<String> command = command("-a_srs", "EPSG:4326");
    command.addAll(List.of("-a_ullr", "2", "49", "2.000083", "48.999929"));
    run(command, "source.img", file.toString());
    try (Raster raster = Rasters.open(file)) {
      Spacing spacing = raster.metadata().spacing().orElseThrow();
      // One degree at 49 N on WGS 84: 73171.8 m along the parallel, 111207.6 m along the meridian.
      assertEquals(73171.8e-6, spacing.columns(), 73171.8e-6 * 2e-4);
      assertEquals(111207.6e-6, spacing.rows(), 111207.6e-6 * 2e-4);
    }
  }

  private void placed(Path file, Map<Integer, Object> tags) {
    RasterFiles.tiff(
        file,
        Picture.whole(37, 23, 1, 255),
        new RasterFiles.Tiff(ElementType.UINT8, ByteOrder.LITTLE_ENDIAN, false, 0, false, tags));
  }

  private static short[] keys(int rasterType) {
    return new short[] {
      1,
      1,
      0,
      4,
      1024,
      0,
      1,
      1,
      1025,
      0,
      1,
      (short) rasterType,
      3072,
      0,
      1,
      (short) 32631,
      3076,
      0,
      1,
      9001
    };
  }

  private void assertAffine(Path file, Affine ours, double tolerance) throws Exception {
    JsonNode theirs = info(file).get("geoTransform");
    double[] values = {
      ours.originX(),
      ours.xPerColumn(),
      ours.xPerRow(),
      ours.originY(),
      ours.yPerColumn(),
      ours.yPerRow()
    };
    for (int i = 0; i < 6; i++) {
      assertEquals(theirs.get(i).asDouble(), values[i], tolerance, "component " + i);
    }
  }

  /** An ENVI file of numbers that the type holds, written without GDAL. */
  private Picture source(int valuesPerPixel, String type) {
    boolean fractions = type.contains("Float");
    Picture picture =
        fractions
            ? Picture.normal(WIDTH, HEIGHT, valuesPerPixel)
            : Picture.whole(WIDTH, HEIGHT, valuesPerPixel, type.equals("Byte") ? 255 : 30000);
    RasterFiles.envi(
        folder.resolve("source.img"),
        Map.of(
            "samples",
            "" + WIDTH,
            "lines",
            "" + HEIGHT,
            "bands",
            "1",
            "byte order",
            "0",
            "data type",
            valuesPerPixel == 2 ? "6" : "4"),
        RasterFiles.bytes(picture.values(), ElementType.FLOAT32, ByteOrder.LITTLE_ENDIAN));
    return picture;
  }

  private static float[] all(Path file) {
    try (Raster raster = Rasters.open(file)) {
      int perPixel = raster instanceof ComplexRaster ? 2 : 1;
      float[] values = new float[raster.width() * raster.height() * perPixel];
      raster.readRows(0, raster.height(), values);
      return values;
    }
  }

  private static List<String> command(String... options) {
    List<String> command = new ArrayList<>(List.of("gdal_translate", "-q"));
    command.addAll(List.of(options));
    return command;
  }

  private void run(List<String> command, String in, String out) throws Exception {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(folder.resolve(in).toString(), out));
    Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), "UTF-8");
    assertEquals(0, process.waitFor(), output);
  }

  private static JsonNode info(Path file) throws Exception {
    Process process = new ProcessBuilder("gdalinfo", "-json", file.toString()).start();
    JsonNode info = new ObjectMapper().readTree(process.getInputStream());
    assertEquals(0, process.waitFor());
    return info;
  }
}
