package org.sardiffusion.runtime.weights.adapters;

import org.sardiffusion.runtime.internal.safetensors.SafeTensor;

/** A training that diverged leaves values that would spoil every image. */
final class Finite {
  private Finite() {}

  /**
   * Reads all values of a tensor.
   *
   * @throws AdapterException if one is NaN or infinite
   */
  static void require(SafeTensor tensor) {
    if (!tensor.type().isReadable()) {
      return;
    }
    for (float value : tensor.toFloats()) {
      if (!Float.isFinite(value)) {
        throw new AdapterException(
            tensor.file()
                + ": "
                + tensor.name()
                + " holds "
                + value
                + ": the training diverged. Use an earlier checkpoint.");
      }
    }
  }
}
