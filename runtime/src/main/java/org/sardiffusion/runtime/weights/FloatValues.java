package org.sardiffusion.runtime.weights;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Floating-point values in C order, wherever they lie and in whatever precision. */
public interface FloatValues {

  /** How many there are. */
  long count();

  /** All of them as floats, copied. */
  float[] toFloats();

  /**
   * The values themselves, where they are float32 in the order of this machine's bytes and in
   * memory (or a mapping) that native code can read; they stay valid as long as the buffer is
   * referenced.
   */
  Optional<ByteBuffer> directFloats();
}
