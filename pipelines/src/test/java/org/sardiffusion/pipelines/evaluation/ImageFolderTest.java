package org.sardiffusion.pipelines.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.PixelBox;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyWriter;

class ImageFolderTest {
  @TempDir Path folder;

  private Path image(String name, int type, int value) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(5, 4, type);
    for (int i = 0; i < 20; i++) {
      for (int band = 0; band < image.getRaster().getNumBands(); band++) {
        image.getRaster().setSample(i % 5, i / 5, band, value);
      }
    }
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }

  private void grey(String name) throws IOException {
    image(name, BufferedImage.TYPE_BYTE_GRAY, 51);
  }

  private void lines(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", lines));
  }

  private List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    ImageFolder set = ImageFolder.open("set", folder);
    set.forEach(samples::add);
    assertEquals(set.size(), samples.size());
    return samples;
  }

  @Test
  void readsAnImageFolder() throws IOException {
    grey("images/a.png");
    grey("images/b.png");
    lines(
        "metadata.jsonl",
        "{\"file_name\":\"images/b.png\",\"text\":\"a wood\",\"labels\":[\"forest\",\"road\"],"
            + "\"label\":\"forest\",\"mask\":[[1,0,3,2]],\"inserted_vehicles\":[[0,0,1.5,1]]}",
        "",
        "{\"file_name\":\"images/a.png\",\"caption\":\"a meadow\",\"label\":\"field\"}");
    List<Sample> samples = samples();
    assertEquals("images/b.png", samples.get(0).name());
    assertEquals(List.of("forest", "road"), samples.get(0).labels());
    assertEquals(Optional.of("a wood"), samples.get(0).caption());
    assertEquals(
        List.of(new PixelBox(1, 0, 3, 2), new PixelBox(0, 0, 2, 1)), samples.get(0).excluded());
    assertEquals(0.2f, samples.get(0).amplitude().at(4, 3), 1e-7);
    assertEquals(List.of("field"), samples.get(1).labels());
    assertEquals(Optional.of("a meadow"), samples.get(1).caption());
  }

  @Test
  void readsTheSplitsOfAnImageFolder() throws IOException {
    for (String split : List.of("train", "test")) {
      grey(split + "/x.png");
      lines(split + "/metadata.jsonl", "{\"file_name\":\"x.png\"}");
    }
    assertEquals(
        List.of("test/x.png", "train/x.png"), samples().stream().map(Sample::name).toList());
  }

  @Test
  void readsTheOutputOfABatch() throws IOException {
    grey("0001.png");
    lines(
        "manifest.jsonl",
        "{\"file\":\"0001.png\",\"prompt\":\"A <SAR> image of a port\",\"label\":\"port\",\"seed\":1}");
    Sample sample = samples().get(0);
    assertEquals(List.of("port"), sample.labels());
    assertEquals(Optional.of("A <SAR> image of a port"), sample.caption());
  }

  @Test
  void readsPlainImagesOfEveryFormatInTheOrderOfTheirNames() throws IOException {
    grey("c.jpg");
    image("b.png", BufferedImage.TYPE_USHORT_GRAY, 13107);
    grey("deep/er/d.png");
    float[] values = new float[20];
    java.util.Arrays.fill(values, 0.2f);
    NpyWriter.write(folder.resolve("a.npy"), new NpyArray(new int[] {1, 4, 5}, values));
    Files.writeString(folder.resolve("notes.txt"), "not an image");
    List<Sample> samples = samples();
    assertEquals(
        List.of("a.npy", "b.png", "c.jpg", "deep/er/d.png"),
        samples.stream().map(Sample::name).toList());
    for (Sample sample : samples) {
      assertEquals(5, sample.amplitude().width());
      assertEquals(0.2f, sample.amplitude().at(2, 2), 0.005, sample.name());
      assertEquals(List.of("all"), sample.labels());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "[]",
        "{\"text\":\"no file\"}",
        "{\"file_name\":7}",
        "{\"file_name\":\"missing.png\"}",
        "{\"file_name\":\"../outside.png\"}",
        "{\"file_name\":\"/etc/passwd\"}",
        "{\"file_name\":\"a\\u0000.png\"}",
        "{\"file_name\":\"a.png\",\"labels\":[1]}",
        "{\"file_name\":\"a.png\",\"mask\":[[1,2,3]]}",
        "{\"file_name\":\"a.png\",\"mask\":[[3,3,1,1]]}",
        "{\"file_name\":\"a.png\",\"mask\":[[\"x\",3,1,1]]}",
        "{\"file_name\":\"a.png\"} trailing"
      })
  void aLineThatCannotBeUnderstoodIsNamed(String line) throws IOException {
    grey("a.png");
    lines("metadata.jsonl", "{\"file_name\":\"a.png\"}", line);
    EvaluationException e =
        assertThrows(EvaluationException.class, () -> ImageFolder.open("set", folder));
    assertTrue(e.getMessage().startsWith("Line 2 of "), e.getMessage());
  }

  @Test
  void anEndlessLineOrABinaryFileIsNoList() throws IOException {
    lines("metadata.jsonl", "x".repeat(2_000_000));
    assertTrue(refusal().contains("longer than a million"), refusal());
    Files.write(folder.resolve("metadata.jsonl"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1});
    assertTrue(refusal().contains("UTF-8"), refusal());
  }

  private String refusal() {
    return assertThrows(EvaluationException.class, () -> ImageFolder.open("set", folder))
        .getMessage();
  }

  @Test
  void anEmptyFolderOrNoneIsRefused() throws IOException {
    assertTrue(refusal().contains("has no images"), refusal());
    assertThrows(
        EvaluationException.class, () -> ImageFolder.open("set", folder.resolve("nowhere")));
    Path file = folder.resolve("file");
    Files.writeString(file, "x");
    assertThrows(EvaluationException.class, () -> ImageFolder.open("set", file));
  }

  @Test
  void colourImagesAreRefused() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0xFF8000);
    }
    for (String format : List.of("png", "jpg")) {
      Path file = folder.resolve("colour." + format);
      ImageIO.write(image, format, file.toFile());
      RuntimeException e = assertThrows(RuntimeException.class, this::samples);
      assertTrue(e.getMessage().contains("colour"), e.getMessage());
      Files.delete(file);
    }
    // Grey that was stored as colour is grey.
    image("grey.jpg", BufferedImage.TYPE_INT_RGB, 51);
    assertEquals(0.2f, samples().get(0).amplitude().at(1, 1), 0.01);
  }

  @Test
  void imagesThatAreNotAmplitudesAreRefused() throws IOException {
    Path file = folder.resolve("a.npy");
    NpyWriter.write(file, new NpyArray(new int[] {1, 2}, new float[] {0.5f, 3}));
    EvaluationException e = assertThrows(EvaluationException.class, this::samples);
    assertTrue(e.getMessage().contains("[0,1]"), e.getMessage());
    Files.delete(file);
    Path damaged = image("b.png", BufferedImage.TYPE_BYTE_GRAY, 9);
    Files.write(damaged, java.util.Arrays.copyOf(Files.readAllBytes(damaged), 50));
    assertThrows(SarDiffusionException.class, this::samples);
  }

  @Test
  void theLargestSegmentOfTheMasksCounts() throws IOException {
    grey("a.png");
    grey("b.png");
    grey("c.png");
    BufferedImage numbered = new BufferedImage(5, 4, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 20; i++) {
      numbered.getRaster().setSample(i % 5, i / 5, 0, i < 10 ? 0 : i < 13 ? 1 : 2);
    }
    Files.createDirectories(folder.resolve("masks/b"));
    ImageIO.write(numbered, "png", folder.resolve("masks/a.png").toFile());
    image("masks/b/0.png", BufferedImage.TYPE_BYTE_GRAY, 0);
    image("masks/b/1.png", BufferedImage.TYPE_BYTE_GRAY, 255);
    List<Sample> samples = samples();
    assertEquals(3, samples.size(), "masks are no images");
    boolean[] a = samples.get(0).segment().orElseThrow();
    for (int i = 0; i < 20; i++) {
      assertEquals(i >= 13, a[i], "pixel " + i);
    }
    assertTrue(samples.get(1).segment().orElseThrow()[0]);
    assertTrue(samples.get(2).segment().isEmpty());
    ImageIO.write(
        new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY),
        "png",
        folder.resolve("masks/c.png").toFile());
    EvaluationException e = assertThrows(EvaluationException.class, this::samples);
    assertTrue(e.getMessage().contains("4x4"), e.getMessage());
  }
}
