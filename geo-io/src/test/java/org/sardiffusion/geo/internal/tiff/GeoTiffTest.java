package org.sardiffusion.geo.internal.tiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.internal.PixelCoding;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.geo.raster.Georeference;

/** One round trip per capability. */
class GeoTiffTest {
  private static final long CLASSIC = 1L << 32;

  private static final AffineGrid ANYWHERE = AffineGrid.unreferenced(0.4);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createFile(folder.resolve("image.tif"));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void float32ComesBackToTheBit(Compression compression) throws IOException {
    AmplitudeRaster image = Samples.speckle(600, 530);
    GeoTiffRaster raster =
        roundTrip(image, settings(PixelCoding.of(SampleType.FLOAT32), compression));
    assertArrayEquals(image.samples(), raster.image().samples());
    assertEquals(SampleType.FLOAT32, raster.sampleType());
  }

  @ParameterizedTest
  @CsvSource({
    "UINT8, NONE", "UINT8, DEFLATE", "UINT8, ZSTD",
    "UINT16, NONE", "UINT16, DEFLATE", "UINT16, ZSTD"
  })
  void integersComeBackWithinHalfAStep(SampleType type, Compression compression)
      throws IOException {
    AmplitudeRaster image = Samples.speckle(530, 40);
    GeoTiffRaster raster = roundTrip(image, settings(PixelCoding.of(type), compression));
    assertEquals(type, raster.sampleType());
    assertArrayEquals(image.samples(), raster.image().samples(), 0.5f / type.maximum() + 1e-7f);
    assertEquals(0, raster.image().samples()[0]);
    assertEquals(1, raster.image().samples()[530 * 40 - 1]);
  }

  @Test
  void roundsAsNumPyDoesHalvesToEven() throws IOException {
    // 0.5 / 255 and 1.5 / 255 times 255f are exactly 0.5f and 1.5f.
    AmplitudeRaster image = new AmplitudeRaster(2, 1, new float[] {0.5f / 255, 1.5f / 255});
    GeoTiffRaster raster =
        roundTrip(image, settings(PixelCoding.of(SampleType.UINT8), Compression.NONE));
    assertArrayEquals(new float[] {0, 2 / 255f}, raster.image().samples());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "17, 5", "15, 1025", "512, 512", "513, 16"})
  void anySizeComesBack(int width, int height) throws IOException {
    AmplitudeRaster image = Samples.speckle(width, height);
    GeoTiffRaster raster = roundTrip(image, usual());
    assertEquals(width, raster.image().width());
    assertEquals(height, raster.image().height());
    assertArrayEquals(image.samples(), raster.image().samples());
  }

  /** White noise of all values makes tiles that compression enlarges. */
  @ParameterizedTest
  @CsvSource({"UINT8, DEFLATE", "UINT16, DEFLATE", "UINT8, ZSTD", "UINT16, ZSTD"})
  void pixelsThatCannotBeCompressedComeBack(SampleType type, Compression compression)
      throws IOException {
    java.util.Random random = new java.util.Random(3);
    int largest = type == SampleType.UINT8 ? 255 : 65535;
    float[] samples = new float[700 * 530];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextInt(largest + 1) / (float) largest;
    }
    AmplitudeRaster image = new AmplitudeRaster(700, 530, samples);
    GeoTiffRaster raster = roundTrip(image, settings(PixelCoding.of(type), compression));
    assertArrayEquals(samples, raster.image().samples(), 0.5f / largest);
  }

  @Test
  void thePlaceComesBack() throws IOException {
    AffineGrid place = AffineGrid.northUp(Crs.of("EPSG:32631"), 500000.25, 5400000.5, 0.4, 0.8);
    write(Samples.speckle(4, 4), place, usual(), CLASSIC);
    GeoTiffRaster raster = GeoTiffReader.read(file);
    assertEquals(OptionalInt.of(32631), raster.epsg());
    assertEquals(new GeoTiffRaster.Grid(500000.25, 5400000.5, 0.4, 0.8), raster.grid());
  }

  @Test
  void withoutASystemThePixelSizeComesBack() throws IOException {
    GeoTiffRaster raster = roundTrip(Samples.speckle(4, 4), usual());
    assertEquals(OptionalInt.empty(), raster.epsg());
    assertEquals(new GeoTiffRaster.Grid(0, 0, 0.4, 0.4), raster.grid());
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, NaN", "FLOAT32, -9999", "FLOAT32, 0.25", "UINT8, 0", "UINT16, 65535"})
  void pixelsWithoutDataComeBackAsNaN(SampleType type, double nodata) throws IOException {
    AmplitudeRaster image = new AmplitudeRaster(3, 1, new float[] {0.5f, Float.NaN, 0.75f});
    PixelCoding coding = new PixelCoding(type, OptionalDouble.of(nodata));
    GeoTiffRaster raster = roundTrip(image, settings(coding, Compression.DEFLATE));
    assertEquals(OptionalDouble.of(nodata), raster.nodata());
    assertArrayEquals(image.samples(), raster.image().samples(), 0.5f / 255 + 1e-6f);
  }

  @ParameterizedTest
  @ValueSource(floats = {1.001f, -0.1f})
  void integersRefuseAmplitudesThatTheyCannotHold(float amplitude) {
    AmplitudeRaster image = new AmplitudeRaster(1, 1, new float[] {amplitude});
    TiffSettings settings = settings(PixelCoding.of(SampleType.UINT8), Compression.DEFLATE);
    assertThrows(UnsupportedFormatException.class, () -> roundTrip(image, settings));
  }

  @Test
  void integersRefusePixelsWithoutDataWhenNoValueStandsForThem() {
    AmplitudeRaster image = new AmplitudeRaster(1, 1, new float[] {Float.NaN});
    TiffSettings settings = settings(PixelCoding.of(SampleType.UINT8), Compression.DEFLATE);
    assertThrows(UnsupportedFormatException.class, () -> roundTrip(image, settings));
  }

  @ParameterizedTest
  @CsvSource({"UINT8, 256", "UINT8, -1", "UINT8, 0.5", "UINT16, NaN", "UINT16, 65536"})
  void integersRefuseNodataValuesThatTheyCannotHold(SampleType type, double nodata) {
    OptionalDouble value = OptionalDouble.of(nodata);
    assertThrows(UnsupportedFormatException.class, () -> new PixelCoding(type, value));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void bigTiffComesBack(Compression compression) throws IOException {
    AmplitudeRaster image = Samples.speckle(600, 20);
    write(image, ANYWHERE, settings(PixelCoding.of(SampleType.FLOAT32), compression), 1000);
    assertEquals(43, Files.readAllBytes(file)[2], "the version of BigTIFF");
    assertArrayEquals(image.samples(), GeoTiffReader.read(file).image().samples());
    assertEquals(Samples.PROMPT, TiffRaster.items(file).get("PROMPT"));
  }

  @Test
  void classicTiffIsWrittenUpToItsLimit() throws IOException {
    roundTrip(Samples.speckle(16, 16), usual());
    assertEquals(42, Files.readAllBytes(file)[2]);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void theSizeBoundHoldsForNoise(Compression compression) throws IOException {
    AmplitudeRaster image = Samples.speckle(700, 700);
    for (SampleType type : SampleType.values()) {
      TiffSettings settings = settings(PixelCoding.of(type), compression);
      roundTrip(image, settings);
      long bound = GeoTiffWriter.sizeBound(image(image, ANYWHERE, settings));
      assertTrue(Files.size(file) <= bound, Files.size(file) + " > " + bound);
    }
  }

  @Test
  void equalImagesMakeEqualFiles() throws IOException {
    roundTrip(Samples.speckle(100, 100), usual());
    byte[] first = Files.readAllBytes(file);
    roundTrip(Samples.speckle(100, 100), usual());
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void theTimeIsNotedWhenGiven() throws IOException {
    TiffSettings settings =
        new TiffSettings(
            PixelCoding.of(SampleType.FLOAT32),
            Compression.DEFLATE,
            Optional.of(Instant.parse("2026-03-04T05:06:07Z")));
    roundTrip(Samples.speckle(4, 4), settings);
    assertEquals(
        Optional.of("2026:03:04 05:06:07"), TiffDirectory.read(file).text(TiffTags.DATE_TIME));
  }

  @Test
  void brokenFilesAreRefusedByNameAndNothingElseEscapes() throws IOException {
    roundTrip(Samples.speckle(40, 40), usual());
    byte[] whole = Files.readAllBytes(file);
    Path broken = folder.resolve("broken.tif");
    for (int length = 0; length < whole.length; length += 37) {
      Files.write(broken, Arrays.copyOf(whole, length));
      assertThrows(MalformedFileException.class, () -> GeoTiffReader.read(broken));
    }
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      for (int j = 0; j < 8; j++) {
        damaged[random.nextInt(j < 4 ? Math.min(600, whole.length) : whole.length)] =
            (byte) random.nextInt();
      }
      Files.write(broken, damaged);
      try {
        GeoTiffReader.read(broken);
      } catch (MalformedFileException expected) {
        assertTrue(expected.getMessage().contains("broken.tif"), "seed 7, round " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.tif", "text.tif"})
  void otherFilesAreRefused(String name) throws IOException {
    Files.writeString(folder.resolve("text.tif"), "not a TIFF at all");
    assertThrows(MalformedFileException.class, () -> GeoTiffReader.read(folder.resolve(name)));
  }

  @Test
  void externalEntitiesInMetadataAreNotFollowed() {
    String xml =
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
            + "<GDALMetadata><Item name=\"A\">&e;</Item></GDALMetadata>";
    assertThrows(javax.xml.stream.XMLStreamException.class, () -> GdalMetadata.parse(xml));
  }

  private GeoTiffRaster roundTrip(AmplitudeRaster image, TiffSettings settings) throws IOException {
    write(image, ANYWHERE, settings, CLASSIC);
    return GeoTiffReader.read(file);
  }

  private void write(
      AmplitudeRaster image, Georeference place, TiffSettings settings, long classicLimit)
      throws IOException {
    try (GeoTiffWriter writer =
        GeoTiffWriter.create(file, image(image, place, settings), classicLimit)) {
      writer.writeRows(0, image.height(), image.samples());
      writer.finish();
    }
  }

  private static GeoTiffImage image(
      AmplitudeRaster image, Georeference place, TiffSettings settings) {
    return new GeoTiffImage(
        new Size(image.width(), image.height()),
        place,
        Optional.empty(),
        Samples.provenance(Samples.PROMPT),
        settings);
  }

  private static TiffSettings usual() {
    return settings(PixelCoding.of(SampleType.FLOAT32), Compression.DEFLATE);
  }

  private static TiffSettings settings(PixelCoding coding, Compression compression) {
    return new TiffSettings(coding, compression, Optional.empty());
  }
}
