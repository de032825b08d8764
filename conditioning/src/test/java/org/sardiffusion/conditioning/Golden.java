package org.sardiffusion.conditioning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.raster.AmplitudeRaster;

/** An array that src/test/python/conditioning_goldens.py wrote; complex values are interleaved. */
public record Golden(int[] shape, double[] values) {
  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([0-9, ]*)\\)");

  public static Golden load(String name) {
    byte[] bytes;
    try (InputStream in = Golden.class.getResourceAsStream(name + ".npy")) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int header = buffer.getShort(8);
    String text = new String(bytes, 10, header, StandardCharsets.US_ASCII);
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException(text);
    }
    int[] shape =
        Arrays.stream(matcher.group(1).split("[, ]+")).mapToInt(Integer::parseInt).toArray();
    buffer.position(10 + header);
    boolean wide = text.contains("<f8");
    double[] values = new double[buffer.remaining() / (wide ? 8 : 4)];
    for (int i = 0; i < values.length; i++) {
      values[i] = wide ? buffer.getDouble() : buffer.getFloat();
    }
    return new Golden(shape, values);
  }

  public float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  public ComplexImage complex() {
    return new ComplexImage(shape[1], shape[0], floats());
  }

  public AmplitudeRaster amplitude() {
    return new AmplitudeRaster(shape[1], shape[0], floats());
  }

  /** Largest difference, relative to the largest value. */
  public double relativeError(float[] actual) {
    assertEquals(values.length, actual.length, "number of values");
    double largest = 0;
    double error = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
      // Written so that NaN counts as an error.
      double difference = Math.abs(values[i] - actual[i]);
      error = difference <= error ? error : difference;
    }
    return error / largest;
  }
}
