package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Computes the values of a weight that is changed as a whole; holds that one weight in memory. */
final class RewrittenWeight {
  private RewrittenWeight() {}

  /**
   * The changed values, in the order in which the weight is stored.
   *
   * @param before the bytes of the weight as it was
   */
  static float[] values(WeightBytes before, WeightEdit.Rewrite edit) throws IOException {
    ModuleWeight target = edit.target();
    float[] values = read(before, target.initializer());
    boolean transposed = target.layout() == ModuleWeight.Layout.TRANSPOSED;
    int out = Math.toIntExact(target.shape().get(0));
    if (transposed) {
      values = transposed(values, values.length / out, out);
    }
    for (WeightChange change : edit.changes()) {
      change.apply(values, target.shape());
    }
    return transposed ? transposed(values, out, values.length / out) : values;
  }

  private static float[] read(WeightBytes bytes, Initializer weight) throws IOException {
    ByteBuffer raw =
        ByteBuffer.allocate(Math.toIntExact(weight.byteLength())).order(ByteOrder.LITTLE_ENDIAN);
    try (WeightBytes.Source source = bytes.open()) {
      source.read(raw);
    }
    raw.flip();
    float[] values = new float[Math.toIntExact(weight.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          weight.type() == ElementType.FLOAT ? raw.getFloat() : Float16.toFloat(raw.getShort());
    }
    return values;
  }

  /** Of a matrix of {@code rows} rows. */
  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] result = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = matrix[row * columns + column];
      }
    }
    return result;
  }

  /** Values as raw data. */
  static ByteBuffer encoded(float[] values, ElementType type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.byteLength(values.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (type == ElementType.FLOAT) {
        bytes.putFloat(value);
      } else {
        bytes.putShort(Float16.nearest(value));
      }
    }
    return bytes.flip();
  }
}
