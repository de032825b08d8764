package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.place.Crs;

class EnviRasterTest extends RasterContract {
  @Override
  protected Stream<Example> examples() {
    return Stream.of(
        example(1, ElementType.UINT8, 0, "bsq", 1),
        example(2, ElementType.INT16, 1, "bil", 1),
        example(3, ElementType.INT32, 0, "bip", 1),
        example(4, ElementType.FLOAT32, 1, "bsq", 1),
        example(5, ElementType.FLOAT64, 0, "bsq", 1),
        example(12, ElementType.UINT16, 1, "bsq", 1),
        example(13, ElementType.UINT32, 0, "bsq", 1),
        example(6, ElementType.FLOAT32, 0, "bsq", 1),
        example(6, ElementType.FLOAT32, 1, "bil", 1),
        example(9, ElementType.FLOAT64, 1, "bip", 1),
        example(4, ElementType.FLOAT32, 0, "bsq", 2),
        example(4, ElementType.FLOAT32, 1, "bil", 2),
        example(2, ElementType.INT16, 1, "bip", 2));
  }

  private Example example(int code, ElementType type, int order, String interleave, int bands) {
    int valuesPerPixel = code == 6 || code == 9 ? 2 : bands;
    Picture picture = Picture.whole(5, 7, valuesPerPixel, 100);
    float[] stored = bands == 1 ? picture.values() : interleaved(picture, interleave);
    byte[] data =
        RasterFiles.bytes(
            stored, type, order == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    byte[] withOffset = new byte[data.length + 11];
    System.arraycopy(data, 0, withOffset, 11, data.length);
    Map<String, String> header = header(code);
    header.put("header offset", "11");
    header.put("bands", "" + bands);
    header.put("byte order", "" + order);
    header.put("interleave", interleave);
    String name = "type " + code + " order " + order + " " + interleave + " bands " + bands;
    Path file = folder.resolve(name.replace(' ', '_') + ".img");
    RasterFiles.envi(file, header, withOffset);
    return new Example(name, file, picture);
  }

  private static Map<String, String> header(int code) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put("description", "{two\n lines, samples = 3}");
    header.put("Samples", "5");
    header.put("lines  ", "7");
    header.put("data type", "" + code);
    return header;
  }

  private static float[] interleaved(Picture picture, String interleave) {
    float[] stored = new float[picture.values().length];
    for (int i = 0; i < stored.length; i++) {
      int band = i % 2;
      int x = i / 2 % 5;
      int y = i / 10;
      int at =
          switch (interleave) {
            case "bsq" -> band * 35 + y * 5 + x;
            case "bil" -> y * 10 + band * 5 + x;
            default -> i;
          };
      stored[at] = picture.values()[i];
    }
    return stored;
  }

  @Test
  void opensFromEitherFile() {
    Path file = folder.resolve("a.dat");
    RasterFiles.envi(file, header(1), new byte[35]);
    for (String name : new String[] {"a.dat", "a.dat.hdr"}) {
      try (Raster raster = Rasters.open(folder.resolve(name))) {
        assertEquals(5, raster.width());
        assertEquals(file, raster.metadata().file());
      }
    }
  }

  @Test
  void opensAHeaderThatReplacesTheEnding() throws Exception {
    Path file = folder.resolve("b.img");
    RasterFiles.envi(file, header(1), new byte[35]);
    Files.move(folder.resolve("b.img.hdr"), folder.resolve("b.hdr"));
    Rasters.open(file).close();
    Rasters.open(folder.resolve("b.hdr")).close();
  }

  @Test
  void knowsSpacingPlaceAndNodata() {
    Map<String, String> header = header(4);
    header.put("map info", "{UTM, 1, 1, 370000.5, 4828000.25,\n 0.8, 0.75, 31, North, WGS-84}");
    header.put("data ignore value", "-9999");
    Path file = folder.resolve("m.img");
    float[] values = new float[35];
    values[3] = -9999;
    RasterFiles.envi(
        file, header, RasterFiles.bytes(values, ElementType.FLOAT32, ByteOrder.LITTLE_ENDIAN));
    try (Raster raster = Rasters.open(file)) {
      RasterMetadata metadata = raster.metadata();
      assertEquals(Optional.of(new Spacing(0.8, 0.75)), metadata.spacing());
      assertEquals(OptionalDouble.of(-9999), metadata.encoding().nodata());
      Affine map = new Affine(370000.5, 0.8, -0.0, 4828000.25, -0.0, -0.75);
      AffineGrid grid = (AffineGrid) metadata.georeference();
      assertEquals(Optional.of(Crs.epsg(32631)), grid.crs());
      assertEquals(map.x(3, 4), grid.map().x(3, 4));
      assertEquals(map.y(3, 4), grid.map().y(3, 4));
      float[] row = new float[5];
      raster.readRows(0, 1, row);
      assertArrayEquals(new float[] {0, 0, 0, Float.NaN, 0}, row);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "samples | 6 | has 35 bytes, but its header",
        "samples | 2000000000 | has 35 bytes, but its header",
        "samples | five | is not a whole number",
        "lines | 0 | 'lines' is 0",
        "bands | 3 | gdal_translate -b 1",
        "data type | 14 | data type 14 is not read",
        "interleave | bib | is not bsq",
        "byte order | 2 | 0 is little-endian",
        "header offset | -1 | below 0",
        "map info | {UTM, 1} | 2 entries",
        "map info | {UTM, 1, 1, 0, 0, 0, 0, 31, North} | 'map info'",
        "map info | {UTM | never closed",
        "data ignore value | none | is not a number",
      })
  void refusesAHeaderThatLies(String key, String value, String reason) {
    Map<String, String> header = header(1);
    header.remove("Samples");
    header.remove("lines  ");
    header.put("samples", "5");
    header.put("lines", "7");
    header.put(key, value);
    Path file = folder.resolve("l.img");
    RasterFiles.envi(file, header, new byte[35]);
    String message =
        assertThrows(MalformedFileException.class, () -> Rasters.open(file)).getMessage();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void saysWhichLineIsMissing() {
    Map<String, String> header = header(1);
    header.remove("data type");
    Path file = folder.resolve("n.img");
    RasterFiles.envi(file, header, new byte[35]);
    String message =
        assertThrows(MalformedFileException.class, () -> Rasters.open(file)).getMessage();
    assertTrue(message.contains("lacks the line 'data type = ...'"), message);
  }
}
