package org.sardiffusion.runtime.weights;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Floats on the heap. */
public final class FloatArray implements FloatValues {
  private final float[] values;

  /**
   * @param values not copied: must not change any more
   */
  public FloatArray(float... values) {
    this.values = values;
  }

  /** The values of several, one after the other. */
  public static FloatArray joined(FloatValues... parts) {
    int length = Math.toIntExact(Arrays.stream(parts).mapToLong(FloatValues::count).sum());
    float[] all = new float[length];
    int at = 0;
    for (FloatValues part : parts) {
      float[] values = part.toFloats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return new FloatArray(all);
  }

  @Override
  public long count() {
    return values.length;
  }

  @Override
  public float[] toFloats() {
    return values.clone();
  }

  @Override
  public Optional<ByteBuffer> directFloats() {
    return Optional.empty();
  }
}
