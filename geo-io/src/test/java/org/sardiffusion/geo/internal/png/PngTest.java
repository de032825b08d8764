package org.sardiffusion.geo.internal.png;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.SampleType;
import org.sardiffusion.geo.Samples;
import org.sardiffusion.geo.UnsupportedFormatException;
import org.sardiffusion.geo.internal.PixelCoding;

/** Against the JDK's own PNG reader. */
class PngTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createFile(folder.resolve("image.png"));
  }

  @ParameterizedTest
  @CsvSource({"UINT8, 1, 1", "UINT8, 300, 451", "UINT16, 1, 1", "UINT16, 300, 451"})
  void theJdkReadsTheSamePixels(SampleType type, int width, int height) throws IOException {
    AmplitudeRaster image = Samples.speckle(width, height);
    PngEncoder.encode(file, image, Samples.provenance("p"), PixelCoding.of(type));
    BufferedImage read = ImageIO.read(file.toFile());
    int[] stored = read.getRaster().getSamples(0, 0, width, height, 0, new int[width * height]);
    for (int i = 0; i < stored.length; i++) {
      // A float's product is rounded too: up to 0.004 at 65535.
      assertEquals((double) image.samples()[i] * type.maximum(), stored[i], 0.504);
    }
    assertTrue(
        Files.size(file)
            <= PngEncoder.sizeBound(image, Samples.provenance("p"), PixelCoding.of(type)));
  }

  @Test
  void pixelsWithoutDataAreTransparent() throws IOException {
    AmplitudeRaster image = new AmplitudeRaster(2, 1, new float[] {Float.NaN, 1});
    PixelCoding coding = new PixelCoding(SampleType.UINT8, OptionalDouble.of(0));
    PngEncoder.encode(file, image, Samples.provenance("p"), coding);
    BufferedImage read = ImageIO.read(file.toFile());
    assertEquals(0, read.getRGB(0, 0) >>> 24);
    assertEquals(255, read.getRGB(1, 0) >>> 24);
  }

  @Test
  void floatsAreRefused() {
    PixelCoding coding = PixelCoding.of(SampleType.FLOAT32);
    assertThrows(
        UnsupportedFormatException.class,
        () -> PngEncoder.encode(file, Samples.speckle(2, 2), Samples.provenance("p"), coding));
  }

  @Test
  void equalImagesMakeEqualFiles() throws IOException {
    PixelCoding coding = PixelCoding.of(SampleType.UINT8);
    PngEncoder.encode(file, Samples.speckle(99, 99), Samples.provenance("p"), coding);
    byte[] first = Files.readAllBytes(file);
    PngEncoder.encode(file, Samples.speckle(99, 99), Samples.provenance("p"), coding);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    PixelCoding coding = PixelCoding.of(SampleType.UINT8);
    PngEncoder.encode(file, Samples.speckle(4, 4), Samples.provenance("p"), coding);
    byte[] whole = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.png");
    // The end chunk's own checksum is not read.
    for (int length = 0; length < whole.length - 4; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThrows(MalformedFileException.class, () -> PngText.items(cut), "length " + length);
    }
  }
}
