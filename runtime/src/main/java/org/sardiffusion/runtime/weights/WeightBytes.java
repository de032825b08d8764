package org.sardiffusion.runtime.weights;

import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
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
      ByteBuffer rest = bytes.asReadOnlyByteBuffer();
      return new Source() {
        @Override
        public void read(ByteBuffer buffer) {
          int length = buffer.remaining();
          buffer.put(rest.slice(rest.position(), length));
          rest.position(rest.position() + length);
        }

        @Override
        public void close() {}
      };
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
