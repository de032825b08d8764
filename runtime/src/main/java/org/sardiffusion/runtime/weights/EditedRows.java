package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a stored matrix and changes its rows on the way, in the memory of one row. */
final class EditedRows implements WeightBytes.Source {
  private final WeightBytes.Source base;
  private final ElementType type;
  private final RowEdit.Rows edit;
  private final float[] values;
  private final ByteBuffer bytes;
  private long next;

  EditedRows(WeightBytes.Source base, ElementType type, RowEdit.Rows edit) {
    this.base = base;
    this.type = type;
    this.edit = edit;
    this.values = new float[edit.width()];
    this.bytes =
        ByteBuffer.allocate(Math.toIntExact(type.byteLength(edit.width())))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.flip();
  }

  @Override
  public void read(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (!bytes.hasRemaining()) {
        nextRow();
      }
      int length = Math.min(buffer.remaining(), bytes.remaining());
      buffer.put(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
    }
  }

  private void nextRow() throws IOException {
    bytes.clear();
    if (next < edit.before()) {
      base.read(bytes);
      bytes.flip();
    } else {
      bytes.position(0);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] =
          next >= edit.before()
              ? 0
              : type == ElementType.FLOAT
                  ? bytes.getFloat(4 * i)
                  : Float16.toFloat(bytes.getShort(2 * i));
    }
    edit.edit(next, values);
    bytes.clear();
    for (float value : values) {
      if (type == ElementType.FLOAT) {
        bytes.putFloat(value);
      } else {
        bytes.putShort(Float16.nearest(value));
      }
    }
    bytes.flip();
    next++;
  }

  @Override
  public void close() throws IOException {
    base.close();
  }
}
