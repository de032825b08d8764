package org.sardiffusion.runtime.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tensor over one direct buffer that the program fills or reads, and ONNX Runtime reads or fills
 * in place.
 *
 * <p>Values go in and out as Java floats or longs whatever the graph's element type is, which was
 * read from the graph.
 */
public final class HostTensor implements AutoCloseable {
  private final String name;
  private final OnnxJavaType type;
  private final ByteBuffer bytes;
  private final int length;
  private final OnnxTensor tensor;

  HostTensor(String name, OnnxJavaType type, long[] shape) {
    this.name = name;
    this.type = type;
    // In floating point, where hostile shapes don't wrap around to small ones.
    double wanted = Arrays.stream(shape).asDoubleStream().reduce(type.size, (a, b) -> a * b);
    if (wanted > Integer.MAX_VALUE) {
      throw new DeviceException(
          "The tensor \""
              + name
              + "\" of shape "
              + Arrays.toString(shape)
              + " is over 2 GiB, more than one buffer holds: make smaller images or fewer at once.");
    }
    int size = (int) wanted;
    this.length = size / type.size;
    try {
      this.bytes = DirectMemory.take(size);
      this.tensor = OnnxTensor.createTensor(NativeRuntime.environment(), bytes, shape, type);
    } catch (OutOfMemoryError e) {
      throw new DeviceException(
          "No memory for the tensor \""
              + name
              + "\" of shape "
              + Arrays.toString(shape)
              + " ("
              + (size >> 20)
              + " MiB): make smaller images or fewer at once.",
          e);
    } catch (OrtException e) {
      throw OrtErrors.translate("The tensor \"" + name + "\"", e);
    }
  }

  OnnxTensor tensor() {
    return tensor;
  }

  /** Number of values. */
  public int length() {
    return length;
  }

  /** Replaces {@code source.length} values from {@code offset} on. */
  public void put(int offset, float[] source) {
    switch (type) {
      case FLOAT -> bytes.asFloatBuffer().put(offset, source);
      case FLOAT16 -> {
        for (int i = 0; i < source.length; i++) {
          bytes.putShort((offset + i) * Short.BYTES, Fp16Conversions.floatToFp16(source[i]));
        }
      }
      case DOUBLE -> {
        for (int i = 0; i < source.length; i++) {
          bytes.putDouble((offset + i) * Double.BYTES, source[i]);
        }
      }
      default -> throw unsupported();
    }
  }

  /** Replaces {@code source.length} whole numbers from {@code offset} on. */
  public void put(int offset, long[] source) {
    for (int i = 0; i < source.length; i++) {
      switch (type) {
        case INT64 -> bytes.putLong((offset + i) * Long.BYTES, source[i]);
        case INT32 -> bytes.putInt((offset + i) * Integer.BYTES, Math.toIntExact(source[i]));
        default -> throw unsupported();
      }
    }
  }

  /**
   * Sets every value to {@code value}, rounded towards zero where the graph takes whole numbers, as
   * torch casts.
   */
  public void fill(double value) {
    for (int i = 0; i < length; i++) {
      switch (type) {
        case FLOAT -> bytes.putFloat(i * Float.BYTES, (float) value);
        case FLOAT16 -> bytes.putShort(i * Short.BYTES, Fp16Conversions.floatToFp16((float) value));
        case DOUBLE -> bytes.putDouble(i * Double.BYTES, value);
        case INT64 -> bytes.putLong(i * Long.BYTES, (long) value);
        case INT32 -> bytes.putInt(i * Integer.BYTES, (int) value);
        default -> throw unsupported();
      }
    }
  }

  /** Reads {@code target.length} values from {@code offset} on. */
  public void get(int offset, float[] target) {
    switch (type) {
      case FLOAT -> bytes.asFloatBuffer().get(offset, target);
      case FLOAT16 -> {
        for (int i = 0; i < target.length; i++) {
          target[i] = Fp16Conversions.fp16ToFloat(bytes.getShort((offset + i) * Short.BYTES));
        }
      }
      case DOUBLE -> {
        for (int i = 0; i < target.length; i++) {
          target[i] = (float) bytes.getDouble((offset + i) * Double.BYTES);
        }
      }
      default -> throw unsupported();
    }
  }

  private DeviceException unsupported() {
    return new DeviceException(
        "The graph wants \""
            + name
            + "\" as "
            + type
            + ", which is not a type that SDXL exports use for it.");
  }

  @Override
  public void close() {
    if (!tensor.isClosed()) {
      tensor.close();
      DirectMemory.giveBack(bytes);
    }
  }
}
