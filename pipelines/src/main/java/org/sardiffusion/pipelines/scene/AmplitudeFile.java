package org.sardiffusion.pipelines.scene;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardiffusion.core.raster.AmplitudeSink;
import org.sardiffusion.core.raster.AmplitudeSource;
import org.sardiffusion.core.raster.Window;

/** An image on disk while it is needed: float32, little end first, row by row. */
final class AmplitudeFile implements AmplitudeSource, AmplitudeSink, AutoCloseable {
  private final FileChannel channel;
  private final int width;
  private final int height;

  AmplitudeFile(Path file, int width, int height) throws IOException {
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.width = width;
    this.height = height;
  }

  static long bytes(long width, long height) {
    return Float.BYTES * width * height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public void readRows(int firstRow, int rows, float[] into) {
    try {
      for (int row = 0; row < rows; row++) {
        read(firstRow + row, 0, into, row * width, width);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void writeRows(int firstRow, int rows, float[] samples) {
    ByteBuffer bytes = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try {
      for (int row = 0; row < rows; row++) {
        bytes.clear();
        bytes.asFloatBuffer().put(samples, row * width, width);
        long position = position(firstRow + row, 0);
        while (bytes.hasRemaining()) {
          channel.write(bytes, position + bytes.position());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A window, which must lie within. */
  float[] read(Window window) throws IOException {
    float[] values = new float[window.width() * window.height()];
    for (int row = 0; row < window.height(); row++) {
      read(window.y() + row, window.x(), values, row * window.width(), window.width());
    }
    return values;
  }

  private void read(int row, int column, float[] into, int from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long position = position(row, column);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("the coarser scene ends too early");
      }
    }
    bytes.flip().asFloatBuffer().get(into, from, count);
  }

  private long position(int row, int column) {
    return Float.BYTES * ((long) row * width + column);
  }

  /** Returns when all that was written is on the disk. */
  void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
