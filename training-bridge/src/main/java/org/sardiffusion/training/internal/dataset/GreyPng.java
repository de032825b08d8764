package org.sardiffusion.training.internal.dataset;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.geo.SampleType;

/**
 * A patch as a grey PNG, in memory.
 *
 * <p>The product's own PNG files say that they are synthetic; these are real radar images and must
 * not.
 */
public final class GreyPng {
  private GreyPng() {}

  /**
   * @param patch amplitudes in [0,1]; NaN is stored as 0
   * @param type {@link SampleType#UINT8} or {@link SampleType#UINT16}
   */
  public static byte[] encode(AmplitudeRaster patch, SampleType type) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image(patch, type), "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("A PNG could not be encoded: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  private static BufferedImage image(AmplitudeRaster patch, SampleType type) {
    float[] samples = patch.samples();
    if (type == SampleType.UINT16) {
      BufferedImage image =
          new BufferedImage(patch.width(), patch.height(), BufferedImage.TYPE_USHORT_GRAY);
      short[] data = ((DataBufferUShort) image.getRaster().getDataBuffer()).getData();
      for (int i = 0; i < samples.length; i++) {
        data[i] = (short) type.quantise(valid(samples[i]));
      }
      return image;
    }
    BufferedImage image =
        new BufferedImage(patch.width(), patch.height(), BufferedImage.TYPE_BYTE_GRAY);
    byte[] data = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < samples.length; i++) {
      data[i] = (byte) type.quantise(valid(samples[i]));
    }
    return image;
  }

  private static float valid(float amplitude) {
    return amplitude == amplitude ? amplitude : 0;
  }
}
