package org.sardiffusion.geo.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.Picture;
import org.sardiffusion.geo.raster.RasterFiles;

class ColourPictureTest {
  private static final int WIDTH = 20;
  private static final int HEIGHT = 13;

  @TempDir Path folder;

  private static int level(int x, int y, int channel) {
    return (x * 11 + y * 7 + channel * 60) % 256;
  }

  private static float[] expected() {
    float[] planes = new float[3 * WIDTH * HEIGHT];
    for (int i = 0; i < planes.length; i++) {
      int pixel = i % (WIDTH * HEIGHT);
      planes[i] = level(pixel % WIDTH, pixel / WIDTH, i / (WIDTH * HEIGHT)) / 255f;
    }
    return planes;
  }

  private static BufferedImage image(int type) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int colour = level(x, y, 0) << 16 | level(x, y, 1) << 8 | level(x, y, 2);
        image.setRGB(x, y, 0xFF << 24 | colour);
      }
    }
    return image;
  }

  @ParameterizedTest
  @CsvSource({"png, 1", "png, 2", "png, 5", "tiff, 1", "tiff, 5"})
  void coloursAreFractionsOfWhite(String format, int type) {
    Path file = folder.resolve("c." + format);
    RasterFiles.image(file, image(type), format);
    ColourPicture picture = ColourPicture.read(file).orElseThrow();
    assertEquals(WIDTH, picture.width());
    assertEquals(HEIGHT, picture.height());
    assertArrayEquals(expected(), picture.planes());
  }

  @Test
  void sixteenBitsAreToo() {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(WIDTH, HEIGHT);
    for (int i = 0; i < 3 * WIDTH * HEIGHT; i++) {
      int pixel = i % (WIDTH * HEIGHT);
      int x = pixel % WIDTH;
      int y = pixel / WIDTH;
      raster.setSample(x, y, i / (WIDTH * HEIGHT), 257 * level(x, y, i / (WIDTH * HEIGHT)));
    }
    Path file = folder.resolve("c.png");
    RasterFiles.image(file, new BufferedImage(model, raster, false, null), "png");
    assertArrayEquals(expected(), ColourPicture.read(file).orElseThrow().planes(), 1e-7f);
  }

  @Test
  void palettesAreLookedUp() {
    byte[] red = {0, (byte) 255, 10};
    byte[] green = {0, 100, 20};
    byte[] blue = {0, 50, 30};
    BufferedImage image =
        new BufferedImage(
            3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 3, red, green, blue));
    for (int x = 0; x < 3; x++) {
      image.getRaster().setSample(x, 0, 0, x);
    }
    Path file = folder.resolve("p.png");
    RasterFiles.image(file, image, "png");
    float[] planes = ColourPicture.read(file).orElseThrow().planes();
    float[] expected = {0, 255, 10, 0, 100, 20, 0, 50, 30};
    for (int i = 0; i < planes.length; i++) {
      assertEquals(expected[i] / 255, planes[i], 1e-7);
    }
  }

  /** JPEG loses a little; smooth colours come back. */
  @Test
  void jpegIsInColoursToo() {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      image.setRGB(i % 32, i / 32, 0xC86432);
    }
    Path file = folder.resolve("c.jpg");
    RasterFiles.image(file, image, "jpeg");
    float[] planes = ColourPicture.read(file).orElseThrow().planes();
    assertEquals(200 / 255f, planes[500], 0.02);
    assertEquals(100 / 255f, planes[1024 + 500], 0.02);
    assertEquals(50 / 255f, planes[2048 + 500], 0.02);
  }

  @Test
  void greyAndOtherFilesAreNot() throws Exception {
    Path grey = folder.resolve("g.png");
    RasterFiles.png(grey, Picture.whole(9, 9, 1, 255), 8);
    assertTrue(ColourPicture.read(grey).isEmpty());
    Path tiff = folder.resolve("g.tif");
    RasterFiles.tiff(
        tiff, Picture.whole(9, 9, 1, 255), RasterFiles.Tiff.plain(ElementType.FLOAT32));
    assertTrue(ColourPicture.read(tiff).isEmpty());
    Path text = Files.writeString(folder.resolve("t.npy"), "text");
    assertTrue(ColourPicture.read(text).isEmpty());
  }

  @Test
  void brokenPicturesAreRefused() throws Exception {
    Path file = folder.resolve("c.png");
    RasterFiles.image(file, image(BufferedImage.TYPE_INT_RGB), "png");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertThrows(MalformedFileException.class, () -> ColourPicture.read(file));
    // Its header claims a billion pixels.
    byte[] lies = bytes.clone();
    lies[18] = 0x7F;
    lies[22] = 0x7F;
    Files.write(file, lies);
    assertThrows(MalformedFileException.class, () -> ColourPicture.read(file));
  }
}
