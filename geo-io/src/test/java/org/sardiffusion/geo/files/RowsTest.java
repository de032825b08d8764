package org.sardiffusion.geo.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.OutputException;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.internal.tiff.GeoTiffRaster;
import org.sardiffusion.geo.internal.tiff.GeoTiffReader;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.place.PlacementException;
import org.sardiffusion.geo.provenance.Provenance;
import org.sardiffusion.geo.raster.AffineGrid;

class RowsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int WIDTH = 700;
  private static final int HEIGHT = 530;
  private static final Size SIZE = new Size(WIDTH, HEIGHT);

  @TempDir Path folder;

  private static AmplitudeRaster image() {
    Random random = new Random(3);
    float[] samples = new float[WIDTH * HEIGHT];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextInt(60) / 255f;
    }
    return new AmplitudeRaster(WIDTH, HEIGHT, samples);
  }

  private ImageFile file(String name, WriteOptions options) {
    return new ImageFile(
        folder.resolve(name),
        AffineGrid.northUp(Crs.of("EPSG:32631"), 500_000, 5_400_000, 0.4),
        new Provenance("m", "0".repeat(64), "a field", 5, "sar-diffusion 1", "{}", Map.of()),
        options);
  }

  private static List<Path> write(ImageFile file, AmplitudeRaster image) {
    return ImageFiles.write(
        file,
        SIZE,
        writer -> {
          for (int row = 0; row < HEIGHT; row += 97) {
            int rows = Math.min(97, HEIGHT - row);
            writer.writeRows(
                row, rows, Arrays.copyOfRange(image.samples(), row * WIDTH, (row + rows) * WIDTH));
          }
        });
  }

  /** By rows or at once: the same pixels, place and items. */
  @ParameterizedTest
  @EnumSource
  void rowsMakeTheImageThatIsWrittenAtOnce(SampleType type) throws IOException {
    AmplitudeRaster image = image();
    WriteOptions options = WriteOptions.defaults().withSampleType(type);
    ImageFile file = file("rows.tif", options);
    List<Path> files = write(file, image);
    assertEquals(List.of(folder.resolve("rows.tif"), folder.resolve("rows.stac.json")), files);
    List<Path> expected = ImageFiles.write(file("once.tif", options), image);
    GeoTiffRaster rows = GeoTiffReader.read(files.get(0));
    GeoTiffRaster once = GeoTiffReader.read(expected.get(0));
    assertArrayEquals(once.image().samples(), rows.image().samples());
    assertEquals(once.grid(), rows.grid());
    assertEquals(once.epsg(), rows.epsg());
    assertEquals(once.items(), rows.items());
    JsonNode item = item(files.get(1));
    assertEquals("1220" + Sha256.hex(files.get(0)), checksum(item));
    assertEquals(withoutFile(item(expected.get(1))), withoutFile(item));
  }

  private static JsonNode item(Path file) throws IOException {
    return MAPPER.readTree(file.toFile());
  }

  private static String checksum(JsonNode item) {
    return item.at("/assets/image/file:checksum").asText();
  }

  private static JsonNode withoutFile(JsonNode item) {
    ((ObjectNode) item).remove("id");
    ((ObjectNode) item.at("/assets/image")).remove(List.of("href", "file:size", "file:checksum"));
    return item;
  }

  @Test
  void aFailureLeavesNothing() throws IOException {
    ImageFile file = file("a.tif", WriteOptions.defaults());
    assertThrows(
        OutputException.class,
        () ->
            ImageFiles.write(
                file,
                SIZE,
                writer -> {
                  writer.writeRows(0, 1, new float[WIDTH]);
                  throw new IOException("the source is gone");
                }));
    assertThrows(IllegalStateException.class, () -> ImageFiles.write(file, SIZE, writer -> {}));
    assertEquals(0, count());
  }

  @Test
  void whatCannotBeIsSaidBeforehand() throws IOException {
    ImageFile here = file("a.tif", WriteOptions.defaults());
    ImageFiles.check(here, SIZE);
    ImageFile array = file("a.npy", WriteOptions.defaults());
    assertThrows(UnsupportedFormatException.class, () -> ImageFiles.check(array, SIZE));
    ImageFile nowhere =
        new ImageFile(
            here.path(),
            AffineGrid.northUp(Crs.of("EPSG:32631"), 1e9, 1e9, 0.4),
            here.provenance(),
            here.options());
    assertThrows(PlacementException.class, () -> ImageFiles.check(nowhere, SIZE));
    assertEquals(0, count());
  }

  @Test
  void partsOfDeadProcessesAreSweptBesideAFileOnly() throws IOException {
    String name;
    try (AtomicOutput mine = AtomicOutput.open(folder.resolve("mine"))) {
      name =
          mine.temporary()
              .getFileName()
              .toString()
              .replaceFirst("-\\d+-\\d+\\.part$", "-999999999-1.part");
    }
    Path dead = Files.createFile(folder.resolve(name));
    Path below = Files.createDirectory(folder.resolve("below"));
    Path deeper = Files.createFile(below.resolve(name));
    AtomicOutput.sweepBeside(folder.resolve("scene.tif"));
    assertEquals(false, Files.exists(dead));
    assertEquals(true, Files.exists(deeper));
    AtomicOutput.sweepBeside(folder.resolve("missing/scene.tif"));
  }

  private long count() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
