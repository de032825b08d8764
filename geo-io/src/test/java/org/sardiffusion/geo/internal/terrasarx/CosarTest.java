package org.sardiffusion.geo.internal.terrasarx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.Picture;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Raster;
import org.sardiffusion.geo.raster.RasterContract;

/** COSAR images, as whole SSC products and as files. */
class CosarTest extends RasterContract {
  private final Scene scene = Scene.of(ProductVariant.SSC);

  @Override
  protected Stream<Example> examples() {
    Picture picture = Picture.whole(scene.columns(), scene.rows(), 2, 30000);
    scene.writeComplex(folder, picture, "EARLYAZNEARRG");
    return Stream.of(new Example("COSAR", Scene.image(folder, "HH", "cos"), picture));
  }

  @Override
  protected Raster open(Path file) {
    return TerraSarX.open(folder).image(Polarisation.HH, Orientation.SENSOR);
  }

  /** GDAL, too, reads samples outside of RSFV and RSLV as 0. */
  @Test
  void gdalReadsTheSameSamples() throws Exception {
    short[] bits = new short[2 * scene.rows() * scene.columns()];
    int[] valid = new int[2 * scene.rows()];
    Random random = new Random(4);
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) random.nextInt();
    }
    for (int i = 0; i < scene.rows(); i++) {
      valid[2 * i] = 1 + random.nextInt(5);
      valid[2 * i + 1] = scene.columns() - random.nextInt(5);
    }
    scene.annotate(folder, List.of("HH"), Scene.complexInfo("EARLYAZNEARRG"), "cos");
    Path file = Scene.image(folder, "HH", "cos");
    Files.write(file, Scene.cosar(1, scene.rows(), scene.columns(), bits, valid));
    float[] ours = all(open(file));
    for (int row = 0; row < scene.rows(); row++) {
      for (int column = 0; column < scene.columns(); column++) {
        boolean inside = column >= valid[2 * row] - 1 && column <= valid[2 * row + 1] - 1;
        int i = 2 * (row * scene.columns() + column);
        assertEquals(inside ? bits[i] : 0, ours[i]);
        assertEquals(inside ? bits[i + 1] : 0, ours[i + 1]);
      }
    }
    Path tiff = folder.resolve("gdal.tif");
    assumeTrue(ran("gdal_translate", "-q", "-of", "GTiff", file.toString(), tiff.toString()));
    assertArrayEquals(all(Rasters.open(tiff)), ours);
  }

  /** Bits and values of IEEE binary16, after NumPy's float16. */
  @Test
  void versionTwoHoldsHalfFloats() throws Exception {
    Scene small = new Scene(scene.variant(), scene.pass(), scene.look(), 1, 16);
    short[] bits = {0x3C00, (short) 0xC000, 0x7BFF, 0x0001, 0x0400, (short) 0x8000, 0x3555, 0x4248};
    small.annotate(folder, List.of("VV"), Scene.complexInfo("EARLYAZNEARRG"), "cos");
    Files.write(
        Scene.image(folder, "VV", "cos"),
        Scene.cosar(2, 1, 16, Arrays.copyOf(bits, 32), new int[] {1, 16}));
    try (Raster raster = TerraSarX.open(folder).image(Polarisation.VV, Orientation.SENSOR)) {
      float[] expected = {1, -2, 65504, 5.9604645e-8f, 6.1035156e-5f, -0f, 0.33325195f, 3.140625f};
      assertArrayEquals(Arrays.copyOf(expected, 32), all(raster));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "28 | 0 | not a COSAR file",
        "32 | 3 | version 3 is unknown",
        "8 | 49 | contradicts itself",
        "8 | 2147483647 | contradicts itself",
        "20 | 0 | contradicts itself",
        "12 | -1 | contradicts itself",
        "12 | 2147483647 | cut short",
        "12 | 60 | several bursts",
        "0 | 4096 | several bursts",
      })
  void refusesAHeaderThatLies(int position, int value, String reason) throws IOException {
    Path file = examples().findFirst().orElseThrow().file();
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).putInt(position, value);
    Files.write(file, bytes);
    String message = assertThrows(MalformedFileException.class, () -> open(file)).getMessage();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void refusesSeveralBursts() throws IOException {
    Path file = examples().findFirst().orElseThrow().file();
    byte[] burst = Files.readAllBytes(file);
    byte[] two = Arrays.copyOf(burst, 2 * burst.length);
    System.arraycopy(burst, 0, two, burst.length, burst.length);
    Files.write(file, two);
    String message = assertThrows(MalformedFileException.class, () -> open(file)).getMessage();
    assertTrue(message.contains("several bursts (ScanSAR)"), message);
  }

  @Test
  void refusesAnotherSizeThanAnnotated() throws IOException {
    Path file = examples().findFirst().orElseThrow().file();
    Files.write(file, Scene.cosar(1, 2, 30, new short[120], new int[] {1, 30, 1, 30}));
    String message = assertThrows(MalformedFileException.class, () -> open(file)).getMessage();
    assertTrue(message.contains("30x2 pixels, where the annotation says 50x61"), message);
  }

  private static float[] all(Raster raster) {
    try (raster) {
      float[] values = new float[2 * raster.width() * raster.height()];
      raster.readRows(0, raster.height(), values);
      return values;
    }
  }

  private static boolean ran(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
