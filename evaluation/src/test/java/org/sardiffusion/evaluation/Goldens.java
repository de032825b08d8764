package org.sardiffusion.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sardiffusion.core.raster.AmplitudeRaster;

/** What src/test/python/evaluation_goldens.py wrote. */
public final class Goldens {
  private Goldens() {}

  public static JsonNode json(String name) {
    try (InputStream in = Goldens.class.getResourceAsStream(name)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A float32 image of 100 columns and 96 rows. */
  public static AmplitudeRaster image(String name) {
    try (InputStream in = Goldens.class.getResourceAsStream(name)) {
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      float[] samples = new float[100 * 96];
      bytes.position(10 + bytes.getShort(8));
      bytes.asFloatBuffer().get(samples);
      return new AmplitudeRaster(100, 96, samples);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The image after it was stored in 8 bits. */
  public static AmplitudeRaster eightBit(AmplitudeRaster image) {
    float[] samples = new float[image.samples().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.floor(image.samples()[i] * 255.0 + 0.5) / 255;
    }
    return new AmplitudeRaster(image.width(), image.height(), samples);
  }
}
