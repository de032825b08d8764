package org.sardiffusion.geo.npy;

import java.util.Arrays;
import org.sardiffusion.geo.internal.npy.NpyHeader;

/**
 * An array of floats of any rank, in C order (the last axis runs fastest).
 *
 * @param shape the length of each axis; empty for a scalar
 * @param values as many as the product of {@code shape}; not copied
 */
public record NpyArray(int[] shape, float[] values) {
  /**
   * @throws IllegalArgumentException if the shape and the number of values disagree
   */
  public NpyArray {
    long count = 1;
    for (int length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException("An axis cannot have length " + length);
      }
      count = Math.multiplyExact(count, length);
    }
    if (count != values.length) {
      throw new IllegalArgumentException(
          "Shape " + NpyHeader.text(shape) + " does not hold " + values.length + " values");
    }
    shape = shape.clone();
  }

  /** The length of each axis. */
  @Override
  public int[] shape() {
    return shape.clone();
  }

  /** Equal shapes and bit-equal values. */
  @Override
  public boolean equals(Object other) {
    return other instanceof NpyArray a
        && Arrays.equals(shape, a.shape)
        && Arrays.equals(values, a.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "NpyArray" + NpyHeader.text(shape);
  }
}
