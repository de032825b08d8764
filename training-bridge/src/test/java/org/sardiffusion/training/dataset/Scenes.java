package org.sardiffusion.training.dataset;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;
import org.sardiffusion.geo.raster.Spacing;

/** Small radar-like images, and sets built from them. */
final class Scenes {
  private Scenes() {}

  /** Single-look amplitude speckle with a slow pattern that the seed decides. */
  static AmplitudeRaster speckle(int width, int height, long seed) {
    Random random = new Random(seed);
    double[][] pattern = new double[5][5];
    for (double[] row : pattern) {
      for (int i = 0; i < row.length; i++) {
        row[i] = 20 + 80 * random.nextDouble();
      }
    }
    float[] samples = new float[width * height];
    for (int i = 0; i < samples.length; i++) {
      double mean = pattern[i / width * 5 / height][i % width * 5 / width];
      samples[i] = (float) (mean * Math.sqrt(-2 * Math.log(1 - random.nextDouble())));
    }
    return new AmplitudeRaster(width, height, samples);
  }

  static void npy(Path file, AmplitudeRaster image) {
    NpyWriter.write(file, new NpyArray(new int[] {image.height(), image.width()}, image.samples()));
  }

  /** {@code image_1.npy} and on. */
  static Path folder(Path folder, int count) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 1; i <= count; i++) {
      npy(folder.resolve("image_" + i + ".npy"), speckle(64, 48, i));
    }
    return folder;
  }

  /** A complex image of speckle, {@code <c8}. */
  static void complexNpy(Path file, int width, int height, long seed) {
    Random random = new Random(seed);
    String header =
        "{'descr': '<c8', 'fortran_order': False, 'shape': (" + height + ", " + width + "), }";
    int length = (10 + header.length() + 1 + 63) / 64 * 64;
    header += " ".repeat(length - 10 - header.length() - 1) + "\n";
    try (var out =
        Files.newByteChannel(
            file,
            java.util.Set.of(
                java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE))) {
      ByteBuffer start = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      start.put((byte) 0x93).put("NUMPY".getBytes()).put((byte) 1).put((byte) 0);
      start.putShort((short) (length - 10)).put(header.getBytes());
      out.write(start.flip());
      ByteBuffer row = ByteBuffer.allocate(8 * width).order(ByteOrder.LITTLE_ENDIAN);
      for (int y = 0; y < height; y++) {
        row.clear();
        for (int x = 0; x < 2 * width; x++) {
          row.putFloat((float) (random.nextGaussian() * (1 + x * 3 / (2 * width))));
        }
        out.write(row.flip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Captions for all {@code image_N}. */
  static CaptionBook captions(Path folder, int count) {
    String[] texts = {"a dense forest", "a plowed field by a road", "a river in a forest"};
    List<String> lines = new ArrayList<>(List.of("file_name,caption"));
    for (int i = 1; i <= count; i++) {
      lines.add("image_" + i + ".npy," + texts[i % 3]);
    }
    Path file = folder.resolve("captions.csv");
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return CaptionBook.read(file);
  }

  /** Patches of 32 x 24 at the spacing of the sources. */
  static DatasetRequest request(Path input, Path out, CaptionBook captions) {
    return DatasetRequest.standard(List.of(input), out, captions)
        .with(Preparation.standard().withInputSpacing(Spacing.square(0.4)))
        .with(PatchGrid.of(32, 24));
  }

  static List<String> tree(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] pixels(Path png) {
    try {
      BufferedImage image = ImageIO.read(png.toFile());
      return image
          .getRaster()
          .getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
