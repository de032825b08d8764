package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.geo.files.Rasters;

/**
 * Damaged files: each is read or refused, and neither hangs, crashes nor takes memory out of
 * proportion to its length.
 */
class FuzzTest {
  private static final int FILES = Integer.getInteger("fuzz.files", 2_000);
  private static final int VALUES = 1 << 16;

  @TempDir Path folder;

  @Test
  void everyDamagedFileIsReadOrRefused() throws Exception {
    long seed = System.nanoTime();
    System.out.println("FuzzTest seed " + seed);
    Random random = new Random(seed);
    List<Path> sound = sound();
    List<byte[]> contents = new ArrayList<>();
    for (Path file : sound) {
      contents.add(Files.readAllBytes(file));
    }
    int[] read = new int[1];
    assertTimeoutPreemptively(
        Duration.ofSeconds(10 + FILES / 20),
        () -> {
          for (int i = 0; i < FILES; i++) {
            int which = random.nextInt(sound.size());
            Files.write(sound.get(which), damaged(contents.get(which), random));
            try {
              if (which < sound.size() - 1) {
                read(sound.get(which));
              } else {
                read(folder.resolve("e.img"));
              }
              read[0]++;
            } catch (SarDiffusionException e) {
              assertTrue(e.getMessage().length() > 20, e.getMessage());
            } catch (RuntimeException | Error e) {
              throw new AssertionError("seed " + seed + ", file " + i + ": " + e, e);
            }
            if (which == sound.size() - 1) {
              Files.write(sound.get(which), contents.get(which));
            }
          }
        });
    // Damage in pixels goes unnoticed, so some must have been readable; and most must not.
    assertTrue(read[0] > FILES / 100 && read[0] < FILES, read[0] + " were read, seed " + seed);
  }

  private static void read(Path file) {
    try (Raster raster = Rasters.open(file)) {
      int perRow = (raster instanceof ComplexRaster ? 2 : 1) * raster.width();
      if (perRow > 0 && perRow <= VALUES) {
        int rows = Math.min(raster.height(), VALUES / perRow);
        float[] values = new float[rows * perRow];
        raster.readRows(0, rows, values);
        raster.readRows(raster.height() - rows, rows, values);
      }
    }
  }

  /** Changes bytes, mostly at the start and the end where headers lie; cuts; repeats. */
  private static byte[] damaged(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int near = Math.min(bytes.length, 1 + random.nextInt(400));
      int at =
          switch (random.nextInt(3)) {
            case 0 -> random.nextInt(near);
            case 1 -> bytes.length - 1 - random.nextInt(near);
            default -> random.nextInt(bytes.length);
          };
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = (byte) 0xFF;
        default -> {
          int length = Math.min(4, bytes.length - at);
          byte fill = random.nextBoolean() ? 0 : (byte) 0x7F;
          Arrays.fill(bytes, at, at + length, fill);
        }
      }
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length)) : bytes;
  }

  /** Sound files; the last one is a header whose binary file is not damaged. */
  private List<Path> sound() throws IOException {
    ByteOrder little = ByteOrder.LITTLE_ENDIAN;
    List<Path> files = new ArrayList<>();
    Picture real = Picture.whole(37, 23, 1, 255);
    Picture complex = Picture.whole(19, 11, 2, 255);
    double[] scale = {0.5, 0.5, 0};
    double[] tie = {0, 0, 0, 500000, 4800000, 0};
    short[] keys = {1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, (short) 32631};
    String metadata =
        "<GDALMetadata><Item name=\"SCALE\" sample=\"0\" role=\"scale\">2</Item></GDALMetadata>";
    Map<Integer, Object> tags =
        Map.of(33550, scale, 33922, tie, 34735, keys, 42112, metadata, 42113, "17");
    for (boolean big : new boolean[] {false, true}) {
      for (boolean deflate : new boolean[] {false, true}) {
        Path file = folder.resolve("t" + big + deflate + ".tif");
        ByteOrder order = big ? ByteOrder.BIG_ENDIAN : little;
        ElementType type = deflate ? ElementType.FLOAT32 : ElementType.UINT8;
        RasterFiles.tiff(
            file,
            big ? complex : real,
            new RasterFiles.Tiff(type, order, big, deflate ? 16 : 0, deflate, tags));
        files.add(file);
      }
    }
    files.add(folder.resolve("n.npy"));
    byte[] floats = RasterFiles.bytes(real.values(), ElementType.FLOAT32, little);
    RasterFiles.npy(files.get(4), "<f4", "(23, 37)", floats);
    files.add(folder.resolve("p.png"));
    RasterFiles.png(files.get(5), real, 8);
    files.add(folder.resolve("q.png"));
    RasterFiles.png(files.get(6), real, 16);
    files.add(folder.resolve("j.jpg"));
    RasterFiles.image(
        files.get(7), new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_GRAY), "jpeg");
    RasterFiles.envi(
        folder.resolve("e.img"),
        Map.of(
            "samples", "37",
            "lines", "23",
            "data type", "4",
            "header offset", "0",
            "map info", "{UTM, 1, 1, 370000, 4828000, 0.8, 0.75, 31, North, WGS-84}"),
        floats);
    files.add(folder.resolve("e.img.hdr"));
    return files;
  }
}
