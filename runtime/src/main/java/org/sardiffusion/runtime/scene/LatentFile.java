package org.sardiffusion.runtime.scene;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardiffusion.core.raster.Window;

/**
 * The latents of a window of a scene on disk, float32 little-endian, [channels, height, width].
 * Positions are those of the whole scene.
 */
final class LatentFile implements AutoCloseable {
  private final FileChannel channel;
  private final int channels;
  private final Window held;

  LatentFile(Path file, int channels, Window held) throws IOException {
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.channels = channels;
    this.held = held;
  }

  static long bytes(int channels, Window held) {
    return (long) Float.BYTES * channels * held.height() * held.width();
  }

  /**
   * Reads a window.
   *
   * @return [channels, height, width]
   */
  float[] read(Window window) throws IOException {
    float[] values =
        new float[Math.toIntExact(Math.multiplyFull(channels * window.height(), window.width()))];
    boolean whole = window.width() == held.width();
    int lines = whole ? 1 : window.height();
    int length = whole ? window.height() * window.width() : window.width();
    ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < channels; c++) {
      for (int line = 0; line < lines; line++) {
        bytes.clear();
        long position = position(c, window.y() + line, window.x());
        while (bytes.hasRemaining()) {
          int read = channel.read(bytes, position + bytes.position());
          if (read < 0) {
            throw new EOFException("the latents end too early");
          }
        }
        bytes.flip().asFloatBuffer().get(values, (c * lines + line) * length, length);
      }
    }
    return values;
  }

  /**
   * Writes whole rows of what is held.
   *
   * @param top first row
   * @param rows how many
   * @param values [channels, rows, width of what is held]
   */
  void write(int top, int rows, float[] values) throws IOException {
    int length = rows * held.width();
    ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int c = 0; c < channels; c++) {
      bytes.clear();
      bytes.asFloatBuffer().put(values, c * length, length);
      long position = position(c, top, held.x());
      while (bytes.hasRemaining()) {
        channel.write(bytes, position + bytes.position());
      }
    }
  }

  /** Returns when all that was written is on the disk. */
  void force() throws IOException {
    channel.force(false);
  }

  private long position(int c, int y, int x) {
    long row = (long) c * held.height() + (y - held.y());
    return (row * held.width() + (x - held.x())) * Float.BYTES;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
