package org.sardiffusion.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the golden values' float32 .npy files: this module must not depend on the one that reads
 * files.
 */
public final class Npy {
  private Npy() {}

  public static float[] read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int header = bytes.getShort(8);
    String text = new String(bytes.array(), 10, header, StandardCharsets.US_ASCII);
    if (!text.contains("'<f4'") || text.contains("'fortran_order': True")) {
      throw new IOException(file + " is not float32 in C order: " + text);
    }
    float[] values = new float[(bytes.limit() - 10 - header) / 4];
    bytes.position(10 + header);
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
