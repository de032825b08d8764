package org.sardiffusion.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.runtime.diffusion.GenerationException;

/** The masks that NumPy, Pillow and segmentation tools write: 4 x 1 pixels of no, yes, yes, no. */
class InputMaskTest {
  private static final float[] NO_YES_YES_NO = {0, 1, 1, 0};

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"|b1, 1, 1", "|u1, 1, 1", "|u1, 255, 1", "<u2, 1, 2", "<i4, 1, 4"})
  void arrays(String descr, int yes, int bytes) throws Exception {
    byte[] pixels = new byte[4 * bytes];
    pixels[bytes] = (byte) yes;
    pixels[2 * bytes] = (byte) yes;
    assertArrayEquals(NO_YES_YES_NO, InputImages.mask(npy(descr, pixels)).values());
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_BYTE_BINARY, BufferedImage.TYPE_BYTE_GRAY})
  void pictures(int type) throws Exception {
    BufferedImage image = new BufferedImage(4, 1, type);
    image.getRaster().setPixels(0, 0, 4, 1, new int[] {0, 1, 1, 0});
    Path file = folder.resolve("m.png");
    ImageIO.write(image, "png", file.toFile());
    assertArrayEquals(NO_YES_YES_NO, InputImages.mask(file).values());
  }

  /** A mask of 8 bits is not taken for one of 0 and 1 where it holds anything else. */
  @Test
  void greysKeepTheirShare() throws Exception {
    float[] values = InputImages.mask(npy("|u1", new byte[] {0, 1, 102, (byte) 255})).values();
    assertArrayEquals(new float[] {0, 1 / 255f, 0.4f, 1}, values);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 127})
  void aMaskThatSelectsNothingIsTold(int value) throws Exception {
    byte[] pixels = {0, (byte) value, 0, (byte) value};
    Path file = npy("|u1", pixels);
    String message =
        assertThrows(GenerationException.class, () -> InputImages.mask(file)).getMessage();
    assertTrue(message.startsWith(file + " selects no pixel"), message);
  }

  private Path npy(String descr, byte[] pixels) throws Exception {
    String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (1, 4), }";
    text += " ".repeat(127 - 10 - text.length()) + "\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length(), 0});
    bytes.write(text.getBytes(StandardCharsets.US_ASCII));
    bytes.write(pixels);
    return Files.write(folder.resolve("m.npy"), bytes.toByteArray());
  }
}
