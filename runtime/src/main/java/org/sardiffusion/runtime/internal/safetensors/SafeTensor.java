package org.sardiffusion.runtime.internal.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.runtime.weights.Float16;
import org.sardiffusion.runtime.weights.FloatValues;
import org.sardiffusion.runtime.weights.WeightsException;

/**
 * One tensor of a safetensors file: described and checked, its values still on disk.
 *
 * @param file where it lies
 * @param name its key
 * @param shape an empty list for a scalar
 * @param count the product of {@code shape}
 * @param offset of its first byte in the file
 */
public record SafeTensor(
    Path file, String name, SafeType type, List<Long> shape, long count, long offset)
    implements FloatValues {

  public SafeTensor {
    shape = List.copyOf(shape);
  }

  /** Length of the values in bytes. */
  public long byteLength() {
    return count * type.bytes();
  }

  /**
   * The values, mapped from the file: read-only, little-endian, in C order.
   *
   * @throws WeightsException if there are more than 2 GiB of them or the file can't be read
   */
  public ByteBuffer bytes() {
    if (byteLength() > Integer.MAX_VALUE) {
      throw new WeightsException(
          file,
          "tensor \"" + name + "\" has " + byteLength() + " bytes, more than the 2 GiB of a buffer",
          "No adapter has tensors that large: use another file.");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() < offset + byteLength()) {
        throw new WeightsException(
            file, "became shorter while it was in use", "Copy it again and start anew.");
      }
      return channel.map(MapMode.READ_ONLY, offset, byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new WeightsException(
          file, "can't be read (" + e.getMessage() + ")", "Check the file's permissions.", e);
    }
  }

  /**
   * The values as floats: exactly, but for F64, whose nearest floats they are.
   *
   * @throws WeightsException if the element type is not of floating point
   */
  @Override
  public float[] toFloats() {
    ByteBuffer bytes = bytes();
    float[] values = new float[(int) count];
    switch (type) {
      case F32 -> bytes.asFloatBuffer().get(values);
      case F16 -> {
        ShortBuffer halves = bytes.asShortBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = Float16.toFloat(halves.get(i));
        }
      }
      case BF16 -> {
        // bfloat16 is the upper half of a float.
        ShortBuffer upper = bytes.asShortBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.intBitsToFloat(upper.get(i) << 16);
        }
      }
      case F64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) bytes.getDouble(Double.BYTES * i);
        }
      }
      case F8_E4M3, F8_E5M2 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] =
              type == SafeType.F8_E4M3 ? Float8.ofE4M3(bytes.get(i)) : Float8.ofE5M2(bytes.get(i));
        }
      }
      default ->
          throw new WeightsException(
              file,
              "tensor \"" + name + "\" has the element type " + type,
              "Adapters are read in F64, F32, F16, BF16, F8_E4M3 and F8_E5M2: save it again in one of these.");
    }
    return values;
  }

  /** Unaligned values are left out: native code may not be able to read them in place. */
  @Override
  public Optional<ByteBuffer> directFloats() {
    return type == SafeType.F32
            && offset % Float.BYTES == 0
            && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        ? Optional.of(bytes())
        : Optional.empty();
  }
}
