package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.files.Rasters;

/** What every reader of rasters does, whatever its format. */
public abstract class RasterContract {
  /** A file and what is to be read from it. */
  public record Example(String name, Path file, Picture picture) {}

  /** What stands for the sources of other modules, which take method references. */
  private interface Rows {
    void readRows(int firstRow, int rows, float[] into);
  }

  @TempDir protected Path folder;

  /** Files written into {@link #folder}. */
  protected abstract Stream<Example> examples();

  /** Opens one of them. */
  protected Raster open(Path file) {
    return Rasters.open(file);
  }

  private Stream<DynamicTest> each(Check check) {
    return examples().map(e -> DynamicTest.dynamicTest(e.name, () -> check.check(e)));
  }

  private interface Check {
    void check(Example example) throws Exception;
  }

  @TestFactory
  Stream<DynamicTest> readsAllRowsAtOnce() {
    return each(
        e -> {
          try (Raster raster = open(e.file)) {
            assertEquals(e.picture.width(), raster.width());
            assertEquals(e.picture.height(), raster.height());
            assertEquals(e.picture.valuesPerPixel() == 2, raster instanceof ComplexRaster);
            float[] values = new float[e.picture.values().length];
            raster.readRows(0, raster.height(), values);
            assertArrayEquals(e.picture.values(), values);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> readsAnyWindowInAnyOrder() {
    return each(
        e -> {
          long seed = 20080310;
          Random random = new Random(seed);
          try (Raster raster = open(e.file)) {
            Rows rows = raster::readRows;
            int perRow = raster.width() * e.picture.valuesPerPixel();
            for (int i = 0; i < 40; i++) {
              int first = random.nextInt(raster.height());
              int count = random.nextInt(raster.height() - first + 1);
              float[] values = new float[count * perRow + 5];
              Arrays.fill(values, -77);
              rows.readRows(first, count, values);
              float[] expected = new float[values.length];
              Arrays.fill(expected, -77);
              System.arraycopy(e.picture.values(), first * perRow, expected, 0, count * perRow);
              assertArrayEquals(expected, values, "seed " + seed + ", rows " + first);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> refusesRowsThatAreNotThere() {
    return each(
        e -> {
          try (Raster raster = open(e.file)) {
            float[] enough = new float[e.picture.values().length * 2];
            float[] none = new float[0];
            int height = raster.height();
            Class<IllegalArgumentException> refusal = IllegalArgumentException.class;
            assertThrows(refusal, () -> raster.readRows(-1, 1, enough));
            assertThrows(refusal, () -> raster.readRows(0, height + 1, enough));
            assertThrows(refusal, () -> raster.readRows(height, 1, enough));
            assertThrows(refusal, () -> raster.readRows(1, Integer.MAX_VALUE, enough));
            assertThrows(refusal, () -> raster.readRows(0, -1, enough));
            assertThrows(refusal, () -> raster.readRows(0, 1, none));
            raster.readRows(height, 0, none);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> closesTwice() {
    return each(
        e -> {
          Raster raster = open(e.file);
          raster.close();
          raster.close();
        });
  }

  /** Cut anywhere, a file is refused when it is opened or when its end is read. */
  @TestFactory
  Stream<DynamicTest> refusesACutFile() {
    return each(
        e -> {
          byte[] whole = Files.readAllBytes(e.file);
          Random random = new Random(5);
          for (int i = 0; i < 12; i++) {
            int kept = i == 0 ? essential(whole) - 1 : random.nextInt(essential(whole));
            Files.write(e.file, Arrays.copyOf(whole, kept));
            MalformedFileException refusal =
                assertThrows(MalformedFileException.class, () -> readAll(e.file), "cut to " + kept);
            assertTrue(refusal.getMessage().contains(e.file.toString()), refusal.getMessage());
          }
          Files.write(e.file, whole);
        });
  }

  /** How many bytes at the start of a file hold its pixels: all, usually. */
  protected int essential(byte[] whole) {
    return whole.length;
  }

  private void readAll(Path file) throws IOException {
    try (Raster raster = open(file)) {
      int perPixel = raster instanceof ComplexRaster ? 2 : 1;
      raster.readRows(0, raster.height(), new float[raster.width() * raster.height() * perPixel]);
    }
  }
}
