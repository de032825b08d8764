package org.sardiffusion.runtime.weights;

import java.nio.file.Path;
import java.util.List;

/**
 * One weight of a graph, without its values.
 *
 * @param dims its shape, an empty list for a scalar
 * @param elementCount the product of {@code dims}
 */
public record Initializer(
    String name, ElementType type, List<Long> dims, long elementCount, Location location) {

  public Initializer {
    dims = List.copyOf(dims);
  }

  /** Bytes of the values as raw data; 0 for strings, which have no raw form. */
  public long byteLength() {
    return type.byteLength(elementCount);
  }

  /** Where the values lie. */
  public sealed interface Location {

    /** Inside the ONNX file itself. */
    record Inline() implements Location {}

    /**
     * In a file beside the ONNX file, little-endian, C order.
     *
     * @param offset of the first byte
     */
    record External(Path file, long offset) implements Location {}
  }
}
