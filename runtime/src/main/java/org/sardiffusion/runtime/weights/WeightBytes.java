package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Where the raw bytes of one weight come from. */
sealed interface WeightBytes {

  /** Opens the bytes for reading from the first to the last. */
  Source open() throws IOException;

  /** The file to blame when reading fails. */
  Path file();

  /** One pass over the bytes. */
  interface Source extends Closeable {
    /** Fills the buffer up to its limit with the next bytes. */
    void read(ByteBuffer buffer) throws IOException;
  }

  /** Bytes inside the ONNX file, which may be mapped. */
  record Inline(Path file, ByteString bytes) implements WeightBytes {
    @Override
    public Source open() {
      return source(bytes.asReadOnlyByteBuffer());
    }
  }

  /** Bytes of another weight, edited row by row while they are read. */
  record Edited(WeightBytes base, ElementType type, RowEdit edit) implements WeightBytes {
    @Override
    public Path file() {
      return base.file();
    }

    @Override
    public Source open() throws IOException {
      return new EditedRows(base.open(), type, edit.start());
    }
  }

  /** Bytes of another weight, changed as a whole. */
  record Rewritten(WeightBytes base, WeightEdit.Rewrite edit) implements WeightBytes {
    @Override
    public Path file() {
      return base.file();
    }

    @Override
    public Source open() throws IOException {
      return source(
          RewrittenWeight.encoded(
              RewrittenWeight.values(base, edit), edit.target().initializer().type()));
    }
  }

  /** The bytes that a graph stores under {@code tensor}. */
  static WeightBytes of(OnnxGraph graph, TensorProto tensor, Initializer weight) {
    return weight.location() instanceof Initializer.Location.External location
        ? new External(location.file(), location.offset())
        : new Inline(graph.file(), raw(tensor));
  }

  /** Inline values as raw data; floats and halves may also lie in fields of their own. */
  private static ByteString raw(TensorProto tensor) {
    if (tensor.hasRawData()) {
      return tensor.getRawData();
    }
    ByteBuffer raw =
        ByteBuffer.allocate(
                Float.BYTES * tensor.getFloatDataCount() + Short.BYTES * tensor.getInt32DataCount())
            .order(ByteOrder.LITTLE_ENDIAN);
    tensor.getFloatDataList().forEach(raw::putFloat);
    tensor.getInt32DataList().forEach(half -> raw.putShort(half.shortValue()));
    return UnsafeByteOperations.unsafeWrap(raw.flip());
  }

  private static Source source(ByteBuffer bytes) {
    return new Source() {
      @Override
      public void read(ByteBuffer buffer) {
        int length = buffer.remaining();
        buffer.put(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
      }

      @Override
      public void close() {}
    };
  }

  /** Bytes of a file beside it, from {@code offset} on. */
  record External(Path file, long offset) implements WeightBytes {
    @Override
    public Source open() throws IOException {
      FileChannel channel = FileChannel.open(file).position(offset);
      return new Source() {
        @Override
        public void read(ByteBuffer buffer) throws IOException {
          while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
              throw new EOFException("the file became shorter while it was read");
            }
          }
        }

        @Override
        public void close() throws IOException {
          channel.close();
        }
      };
    }
  }
}
