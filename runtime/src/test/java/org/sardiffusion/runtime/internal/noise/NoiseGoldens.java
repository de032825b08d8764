package org.sardiffusion.runtime.internal.noise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/** What runtime/src/test/python/noise_goldens.py wrote. */
final class NoiseGoldens {
  static final JsonNode ROOT = read();

  private NoiseGoldens() {}

  static float[] floats(JsonNode bigEndianHex) {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(bigEndianHex.asText()));
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static JsonNode read() {
    try (InputStream in =
        new GZIPInputStream(NoiseGoldens.class.getResourceAsStream("goldens.json.gz"))) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
