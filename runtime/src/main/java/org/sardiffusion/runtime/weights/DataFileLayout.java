package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where each weight goes in an external data file that is yet to be written. */
final class DataFileLayout {
  /** Where weights start: pages of 64 KiB (Windows maps nothing smaller), or a cache line. */
  private static final long LARGE = 1L << 20;

  private static final long LARGE_ALIGNMENT = 64L << 10;
  private static final long SMALL_ALIGNMENT = 64;

  private final String file;
  private final List<WeightCopy> copies = new ArrayList<>();
  private long length;

  /**
   * @param file the name by which the graph refers to it
   */
  DataFileLayout(String file) {
    this.file = file;
  }

  /** What to write, by ascending offset. */
  List<WeightCopy> copies() {
    return Collections.unmodifiableList(copies);
  }

  /** Length of the file in bytes. */
  long length() {
    return length;
  }

  /**
   * Gives a weight its place, and lets the tensor refer to it.
   *
   * @param byteLength bytes to read from {@code bytes}
   */
  void place(
      TensorProto.Builder tensor,
      WeightBytes bytes,
      long byteLength,
      WeightCopy.Encoding encoding) {
    long written = byteLength * encoding.growth();
    long alignment = written >= LARGE ? LARGE_ALIGNMENT : SMALL_ALIGNMENT;
    long offset = (length + alignment - 1) / alignment * alignment;
    length = Math.addExact(offset, written);
    copies.add(new WeightCopy(bytes, byteLength, offset, encoding));
    refer(tensor, file, offset, written);
  }

  /** Lets a tensor refer to bytes in a data file. */
  static void refer(TensorProto.Builder tensor, String file, long offset, long length) {
    tensor
        .clearRawData()
        .clearFloatData()
        .clearInt32Data()
        .clearExternalData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", file))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
