package org.sardiffusion.geo.table.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A struct in Thrift's compact protocol, as far as Parquet's metadata needs it. Fields come in
 * ascending order.
 *
 * <p>Source: apache/thrift, {@code doc/specs/thrift-compact-protocol.md}.
 */
final class CompactThrift {
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  /** Longer lists write their size apart. */
  private static final int SHORT_LIST = 15;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int last;

  CompactThrift i32(int field, int value) {
    header(field, I32);
    varint(zigzag(value));
    return this;
  }

  CompactThrift i64(int field, long value) {
    header(field, I64);
    varint(zigzag(value));
    return this;
  }

  CompactThrift text(int field, String value) {
    header(field, BINARY);
    binary(value);
    return this;
  }

  CompactThrift struct(int field, CompactThrift value) {
    header(field, STRUCT);
    bytes.writeBytes(value.end());
    return this;
  }

  CompactThrift structs(int field, List<CompactThrift> values) {
    list(field, STRUCT, values.size());
    values.forEach(value -> bytes.writeBytes(value.end()));
    return this;
  }

  CompactThrift i32s(int field, List<Integer> values) {
    list(field, I32, values.size());
    values.forEach(value -> varint(zigzag(value)));
    return this;
  }

  CompactThrift texts(int field, List<String> values) {
    list(field, BINARY, values.size());
    values.forEach(this::binary);
    return this;
  }

  /** The struct's bytes, with its end. */
  byte[] end() {
    byte[] fields = bytes.toByteArray();
    return java.util.Arrays.copyOf(fields, fields.length + 1);
  }

  private void header(int field, int type) {
    // The specification's short form: fields are close together here.
    bytes.write((field - last) << 4 | type);
    last = field;
  }

  private void list(int field, int type, int size) {
    header(field, LIST);
    if (size < SHORT_LIST) {
      bytes.write(size << 4 | type);
    } else {
      bytes.write(SHORT_LIST << 4 | type);
      varint(size);
    }
  }

  private void binary(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    varint(text.length);
    bytes.writeBytes(text);
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
