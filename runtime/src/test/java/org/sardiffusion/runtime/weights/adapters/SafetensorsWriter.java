package org.sardiffusion.runtime.weights.adapters;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes small float32 safetensors files of ones, for tests of names and shapes. */
final class SafetensorsWriter {
  private final Map<String, long[]> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  SafetensorsWriter with(String name, long... shape) {
    tensors.put(name, shape);
    return this;
  }

  SafetensorsWriter noting(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  Path into(Path file) throws IOException {
    ObjectNode header = new ObjectMapper().createObjectNode();
    ObjectNode notes = header.putObject("__metadata__");
    metadata.forEach(notes::put);
    long end = 0;
    for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
      ObjectNode described = header.putObject(tensor.getKey()).put("dtype", "F32");
      long count = 1;
      for (long dim : tensor.getValue()) {
        described.withArray("shape").add(dim);
        count *= dim;
      }
      described.withArray("shape");
      described.putArray("data_offsets").add(end).add(end + 4 * count);
      end += 4 * count;
    }
    byte[] json = new ObjectMapper().writeValueAsBytes(header);
    ByteBuffer bytes =
        ByteBuffer.allocate((int) (8 + json.length + end)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    while (bytes.hasRemaining()) {
      bytes.putFloat(1);
    }
    return Files.write(file, bytes.array());
  }
}
