package org.sardiffusion.geo.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.npy.NpyArray;
import org.sardiffusion.geo.npy.NpyReader;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.raster.AffineGrid;

class ImageFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "a.tif, a.stac.json",
    "a.TIFF, a.stac.json",
    "a.b.tif, a.b.stac.json",
    "a.png, ",
    "a.npy, a.json"
  })
  void theEndingPicksTheFormatAndWhatLiesBeside(String name, String beside) throws IOException {
    List<Path> written =
        ImageFiles.write(Samples.file(folder.resolve(name)), Samples.speckle(5, 4));
    List<Path> expected =
        beside == null
            ? List.of(folder.resolve(name))
            : List.of(folder.resolve(name), folder.resolve(beside));
    assertEquals(expected, written);
    try (var files = Files.list(folder)) {
      assertEquals(expected.size(), files.count());
    }
    assertEquals(Samples.provenance(Samples.PROMPT), ProvenanceReader.read(folder.resolve(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jpg", "a", "tif", "a.tif.gz", ".."})
  void otherEndingsAreRefusedBeforeAndDuringWriting(String name) {
    Path path = folder.resolve(name);
    String message =
        assertThrows(UnsupportedFormatException.class, () -> ImageFiles.check(path)).getMessage();
    assertTrue(message.contains(".tif") && message.contains(".png"), message);
    assertThrows(
        UnsupportedFormatException.class,
        () -> ImageFiles.write(Samples.file(path), Samples.speckle(2, 2)));
  }

  @Test
  void checkingLeavesNoTrace() throws IOException {
    ImageFiles.check(folder.resolve("a/b/x.tif"));
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void npyHoldsManyImagesAndKeepsTheFirstAxisOfOne() {
    AmplitudeRaster image = Samples.speckle(5, 4);
    for (int count = 1; count <= 3; count++) {
      Path path = folder.resolve("x.npy");
      ImageFiles.writeAll(Samples.file(path), java.util.Collections.nCopies(count, image));
      NpyArray array = NpyReader.read(path);
      assertArrayEquals(new int[] {count, 4, 5}, array.shape());
      assertEquals(image.samples()[7], array.values()[20 * (count - 1) + 7]);
    }
  }

  @Test
  void refusesWhatAFormatCannotHold() {
    AmplitudeRaster a = Samples.speckle(5, 4);
    AmplitudeRaster b = Samples.speckle(4, 5);
    WriteOptions integers = WriteOptions.defaults().withSampleType(SampleType.UINT8);
    WriteOptions floats = WriteOptions.defaults().withSampleType(SampleType.FLOAT32);
    refused("x.tif", List.of(a, a), WriteOptions.defaults());
    refused("x.png", List.of(), WriteOptions.defaults());
    refused("x.png", List.of(a), floats);
    refused("x.npy", List.of(a, b), WriteOptions.defaults());
    refused("x.npy", List.of(), WriteOptions.defaults());
    refused("x.npy", List.of(a), integers);
  }

  private void refused(String name, List<AmplitudeRaster> images, WriteOptions options) {
    ImageFile file = Samples.file(folder.resolve(name), AffineGrid.unreferenced(1), options);
    assertThrows(UnsupportedFormatException.class, () -> ImageFiles.writeAll(file, images));
  }

  @Test
  void anItemThatCannotBeMadeLeavesNoImage() throws IOException {
    AffineGrid nowhere = AffineGrid.northUp(Crs.of("EPSG:32631"), 1e9, 1e9, 0.4);
    ImageFile file = Samples.file(folder.resolve("x.tif"), nowhere, WriteOptions.defaults());
    assertThrows(PlacementException.class, () -> ImageFiles.write(file, Samples.speckle(4, 4)));
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void imagesThatDoNotSayHowTheyWereMadeAreRefused() throws IOException {
    Path png = folder.resolve("x.png");
    javax.imageio.ImageIO.write(
        new java.awt.image.BufferedImage(2, 2, java.awt.image.BufferedImage.TYPE_BYTE_GRAY),
        "png",
        png.toFile());
    assertThrows(MalformedFileException.class, () -> ProvenanceReader.read(png));
    Path npy = folder.resolve("x.npy");
    String message =
        assertThrows(MalformedFileException.class, () -> ProvenanceReader.read(npy)).getMessage();
    assertTrue(message.contains("x.json"), message);
    for (String json : List.of("", "[1]", "{\"A\":", "{\"A\":{\"B\":[1]}}")) {
      Files.writeString(folder.resolve("x.json"), json);
      assertThrows(MalformedFileException.class, () -> ProvenanceReader.read(npy), json);
    }
  }
}
