package org.sardiffusion.geo.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.files.Rasters;

class PictureRasterTest extends RasterContract {
  @Override
  protected Stream<Example> examples() {
    return Stream.of(png(8), png(16), colours(), jpeg());
  }

  private Example png(int bits) {
    Picture picture = Picture.whole(37, 23, 1, bits == 8 ? 255 : 65535);
    Path file = folder.resolve("p" + bits + ".png");
    RasterFiles.png(file, picture, bits);
    return new Example("PNG of " + bits + " bits", file, picture);
  }

  private Example colours() {
    Picture picture = Picture.whole(37, 23, 1, 255);
    BufferedImage image = new BufferedImage(37, 23, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < picture.values().length; i++) {
      image.setRGB(i % 37, i / 37, 0xFF000000 | (int) picture.values()[i] * 0x010101);
    }
    Path file = folder.resolve("c.png");
    RasterFiles.image(file, image, "png");
    return new Example("PNG of grey colours", file, picture);
  }

  private Example jpeg() {
    BufferedImage image = new BufferedImage(37, 23, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 37 * 23; i++) {
      image.getRaster().setSample(i % 37, i / 37, 0, 100 + i % 37 + i / 37);
    }
    Path file = folder.resolve("j.jpg");
    RasterFiles.image(file, image, "jpeg");
    try {
      BufferedImage decoded = ImageIO.read(new File(file.toString()));
      float[] values = decoded.getRaster().getSamples(0, 0, 37, 23, 0, new float[37 * 23]);
      return new Example("JPEG", file, new Picture(37, 23, 1, values));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Behind the pixels there are checksums and end marks, which are not needed. */
  @Override
  protected int essential(byte[] whole) {
    return whole.length - 30;
  }

  @Test
  void refusesColours() {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 0, 0xFF8000);
    Path file = folder.resolve("colour.png");
    RasterFiles.image(file, image, "png");
    try (Raster raster = Rasters.open(file)) {
      String message =
          assertThrows(MalformedFileException.class, () -> raster.readRows(0, 4, new float[16]))
              .getMessage();
      assertTrue(message.contains("column 2 has a colour"), message);
    }
  }

  @Test
  void refusesAPalette() {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_INDEXED);
    Path file = folder.resolve("palette.png");
    RasterFiles.image(file, image, "png");
    String message =
        assertThrows(MalformedFileException.class, () -> Rasters.open(file)).getMessage();
    assertTrue(message.contains("palette"), message);
  }

  @Test
  void refusesSizesThatTheFileCannotHold() throws Exception {
    Path file = folder.resolve("big.png");
    RasterFiles.png(file, Picture.whole(4, 4, 1, 9), 8);
    byte[] bytes = Files.readAllBytes(file);
    bytes[16] = 0x7F;
    bytes[20] = 0x7F;
    Files.write(file, bytes);
    String message =
        assertThrows(MalformedFileException.class, () -> Rasters.open(file)).getMessage();
    assertTrue(message.contains("bytes cannot hold"), message);
  }

  @Test
  void saysWhereIntegersClip() {
    Path file = folder.resolve("clip.png");
    RasterFiles.png(file, Picture.whole(4, 4, 1, 9), 16);
    try (Raster raster = Rasters.open(file)) {
      assertEquals(OptionalDouble.of(65535), raster.metadata().encoding().saturation());
    }
  }
}
