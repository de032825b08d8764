package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.files.Rasters;

/** The pixels that GDAL masks have no data, however a file says so; skipped without GDAL. */
class ValidityOracleTest {
  private static final int WIDTH = 37;
  private static final int HEIGHT = 23;

  @TempDir Path folder;

  private final float[] pixels = Picture.whole(WIDTH, HEIGHT, 1, 254).values();

  /** 0 above a slanted line, 255 below. */
  private final float[] mask = new float[WIDTH * HEIGHT];

  @BeforeEach
  void sources() throws Exception {
    assumeTrue(isInstalled(), "gdal_translate is not installed");
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i / WIDTH < 5 + i % WIDTH / 3 ? 0 : 255;
      // GDAL's nodata value of the tests below.
      pixels[i] = Math.max(1, pixels[i]);
    }
    bytes(folder.resolve("pixels"), pixels);
    bytes(folder.resolve("mask"), mask);
    String band =
        "<SimpleSource><SourceFilename relativeToVRT=\"1\">%s</SourceFilename>"
            + "<SourceBand>1</SourceBand></SimpleSource>";
    String vrt =
        "<VRTDataset rasterXSize=\"37\" rasterYSize=\"23\"><VRTRasterBand dataType=\"%s\""
            + " band=\"1\">"
            + band.formatted("pixels")
            + "</VRTRasterBand>%s</VRTDataset>";
    String masks = "<VRTRasterBand dataType=\"Byte\" %s>" + band.formatted("mask");
    for (String type : List.of("Byte", "Float32", "CFloat32")) {
      Files.writeString(
          folder.resolve("mask" + type + ".vrt"),
          vrt.formatted(type, "<MaskBand>" + masks.formatted("") + "</VRTRasterBand></MaskBand>"));
    }
    Files.writeString(
        folder.resolve("alpha.vrt"),
        vrt.formatted(
            "Byte",
            masks.formatted("band=\"2\"") + "<ColorInterp>Alpha</ColorInterp></VRTRasterBand>"));
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("gdal_translate", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void bytes(Path file, float[] values) {
    RasterFiles.envi(
        file,
        Map.of("samples", "" + WIDTH, "lines", "" + HEIGHT, "bands", "1", "data type", "1"),
        RasterFiles.bytes(values, ElementType.UINT8, ByteOrder.LITTLE_ENDIAN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "YES | Byte     |",
        "YES | Float32  | -co TILED=YES -co BLOCKXSIZE=16 -co BLOCKYSIZE=16 -co COMPRESS=DEFLATE",
        "YES | Float32  | -co BIGTIFF=YES -co COMPRESS=LZW",
        "YES | CFloat32 |",
        "NO  | Byte     |",
        "NO  | Float32  | -co COMPRESS=ZSTD",
        "NO  | CFloat32 |",
      })
  void masksOfGeoTiffs(String internal, String type, String options) throws Exception {
    List<String> command = new ArrayList<>(List.of("--config", "GDAL_TIFF_INTERNAL_MASK"));
    command.add(internal);
    command.addAll(List.of(options == null ? new String[0] : options.split(" ")));
    Path file = translate("mask" + type + ".vrt", "m.tif", command);
    assertEquals(internal.equals("NO"), Files.exists(folder.resolve("m.tif.msk")));
    assertMasked(file);
  }

  /** The masks of overviews lie in the same file and are not those of the image. */
  @Test
  void masksOfCloudOptimisedFiles() throws Exception {
    assertMasked(
        translate(
            "maskByte.vrt",
            "c.tif",
            List.of(
                "-of",
                "COG",
                "-co",
                "COMPRESS=DEFLATE",
                "-co",
                "BLOCKSIZE=128",
                "-co",
                "OVERVIEWS=IGNORE_EXISTING")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GTiff INTERLEAVE=PIXEL",
        "GTiff INTERLEAVE=BAND",
        "GTiff TILED=YES",
        "GTiff COMPRESS=LZW,PREDICTOR=2",
        "PNG WORLDFILE=NO"
      })
  void alphaChannels(String format) throws Exception {
    String[] parts = format.split(" ");
    List<String> command = new ArrayList<>(List.of("-of", parts[0]));
    for (String option : parts[1].split(",")) {
      command.addAll(List.of("-co", option));
    }
    assertMasked(translate("alpha.vrt", parts[0] + ".x", command));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENVI", "PNG", "JPEG"})
  void masksBesideOtherFormats(String format) throws Exception {
    List<String> command = new ArrayList<>(List.of("-of", format));
    if (format.equals("JPEG")) {
      command.addAll(List.of("-co", "INTERNAL_MASK=NO"));
    }
    Path file = translate("maskByte.vrt", "f.x", command);
    Path beside = folder.resolve("f.x.msk");
    assertTrue(Files.exists(beside));
    float[] ours = all(file);
    for (int i = 0; i < mask.length; i++) {
      assertEquals(mask[i] == 0, Float.isNaN(ours[i]), "pixel " + i);
    }
    try (Raster raster = Rasters.open(file)) {
      assertTrue(Rasters.files(file, raster).contains(beside.toAbsolutePath()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nan, Float32",
    "-9999, Float32",
    "-32768.0, Int16",
    "0, UInt16",
    "-3.40282346638529e+38, Float32",
    "1e+20, Float32",
    "inf, Float32",
    "-inf, Float64",
    "9.96921e+36, Float64"
  })
  void nodataThatGdalWrites(String nodata, String type) throws Exception {
    for (String format : List.of("GTiff", "ENVI")) {
      Path file =
          translate(
              "maskByte.vrt",
              format,
              List.of("-of", format, "-ot", type, "-a_nodata", nodata, "-mask", "none"));
      try (Raster raster = Rasters.open(file)) {
        assertEquals(
            Float.parseFloat(nodata.replace("nan", "NaN").replace("inf", "Infinity")),
            (float) raster.metadata().encoding().nodata().orElseThrow(),
            format);
      }
    }
  }

  /** GDAL keeps the nodata value of a JPEG beside it. */
  @Test
  void nodataOfAnAuxiliaryFile() throws Exception {
    Path file =
        translate(
            "mask", "aux.jpg", List.of("-of", "JPEG", "-co", "QUALITY=100", "-a_nodata", "255"));
    assertTrue(Files.exists(folder.resolve("aux.jpg.aux.xml")));
    try (Raster raster = Rasters.open(file)) {
      assertEquals(255, raster.metadata().encoding().nodata().orElseThrow());
      assertTrue(
          Rasters.files(file, raster).contains(folder.resolve("aux.jpg.aux.xml").toAbsolutePath()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-of GTiff -co NBITS=1",
        "-of GTiff -co NBITS=1 -co COMPRESS=DEFLATE -co TILED=YES",
        "-of PNG -co NBITS=1"
      })
  void singleBits(String options) throws Exception {
    float[] bits = new float[mask.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = mask[i] / 255;
    }
    bytes(folder.resolve("bits"), bits);
    Path file = translate("bits", "b.x", List.of(options.split(" ")));
    assertArrayEquals(bits, all(file));
    try (Raster raster = Rasters.open(file)) {
      assertEquals(ElementType.BOOL, raster.metadata().encoding().type());
      assertEquals(1, raster.metadata().encoding().saturation().orElseThrow());
    }
  }

  /** ISO/IEC 15948, 11.3.2.1, written by GDAL as the nodata value of a PNG. */
  @ParameterizedTest
  @ValueSource(strings = {"Byte", "UInt16"})
  void transparentGreys(String type) throws Exception {
    Path file = translate("mask", "t.png", List.of("-of", "PNG", "-ot", type, "-a_nodata", "0"));
    Files.deleteIfExists(folder.resolve("t.png.aux.xml"));
    float[] ours = all(file);
    for (int i = 0; i < mask.length; i++) {
      assertEquals(mask[i] == 0 ? Float.NaN : mask[i], ours[i], "pixel " + i);
    }
  }

  /** A hidden pixel may have any colour. */
  @Test
  void transparentColours() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00FF8000);
    image.setRGB(1, 0, 0x01404040);
    RasterFiles.image(folder.resolve("a.png"), image, "png");
    assertArrayEquals(new float[] {Float.NaN, 64}, all(folder.resolve("a.png")));
  }

  @Test
  void aMaskOfAnotherSizeIsRefused() throws Exception {
    Path file = translate("pixels", "s.tif", List.of());
    translate("mask", "s.tif.msk", List.of("-of", "GTiff", "-outsize", "20", "20"));
    String message =
        assertThrows(MalformedFileException.class, () -> Rasters.open(file)).getMessage();
    assertTrue(message.contains("its mask is of 20x20 pixels"), message);
  }

  private void assertMasked(Path file) throws Exception {
    float[] theirs =
        all(
            translate(
                file.getFileName().toString(),
                "theirs",
                List.of("-of", "ENVI", "-ot", "Byte", "-b", "mask")));
    assertArrayEquals(mask, theirs, "GDAL's mask");
    float[] ours = all(file);
    int values = ours.length / mask.length;
    for (int i = 0; i < mask.length; i++) {
      assertEquals(mask[i] == 0 ? Float.NaN : pixels[i], ours[i * values], "pixel " + i);
    }
  }

  private static float[] all(Path file) {
    try (Raster raster = Rasters.open(file)) {
      int perPixel = raster instanceof ComplexRaster ? 2 : 1;
      float[] values = new float[raster.width() * raster.height() * perPixel];
      raster.readRows(0, raster.height(), values);
      return values;
    }
  }

  private Path translate(String in, String out, List<String> options) throws Exception {
    List<String> command = new ArrayList<>(List.of("gdal_translate", "-q"));
    command.addAll(options);
    command.addAll(List.of(folder.resolve(in).toString(), folder.resolve(out).toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), "UTF-8");
    assertEquals(0, process.waitFor(), output);
    return folder.resolve(out);
  }
}
