package org.sardiffusion.geo.internal.flat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardiffusion.geo.raster.RowSource;

/** Rows of a file that holds its numbers one after the other, uncompressed. */
public final class FlatFile implements RowSource {
  private static final int BUFFER_BYTES = 1 << 18;

  private final FileChannel channel;
  private final FlatLayout layout;
  private final ByteBuffer buffer;

  private FlatFile(FileChannel channel, FlatLayout layout) {
    this.channel = channel;
    this.layout = layout;
    this.buffer = ByteBuffer.allocate(BUFFER_BYTES).order(layout.order());
  }

  /**
   * Opens a file whose length was already held against its layout.
   *
   * @throws IOException if it cannot be opened
   */
  public static FlatFile open(Path file, FlatLayout layout) throws IOException {
    return new FlatFile(FileChannel.open(file, StandardOpenOption.READ), layout);
  }

  @Override
  public int width() {
    return layout.width();
  }

  @Override
  public int height() {
    return layout.height();
  }

  @Override
  public int valuesPerPixel() {
    return layout.valuesPerPixel();
  }

  @Override
  public void read(int firstRow, int rows, float[] into) throws IOException {
    int runs = layout.arrangement() == FlatLayout.Arrangement.BY_PIXEL ? 1 : valuesPerPixel();
    int perRun = width() * (valuesPerPixel() / runs);
    for (int row = 0; row < rows; row++) {
      for (int run = 0; run < runs; run++) {
        long at = layout.position(firstRow + row, run);
        read(at, perRun, into, row * perRun * runs + run, runs);
      }
    }
  }

  /** Reads numbers that lie one after the other, to every {@code step}-th place of an array. */
  private void read(long position, int count, float[] into, int first, int step)
      throws IOException {
    int size = layout.type().bytes();
    int to = first;
    for (int done = 0; done < count; ) {
      int now = Math.min(count - done, BUFFER_BYTES / size);
      fill(position + (long) done * size, now * size);
      for (int i = 0; i < now; i++, to += step) {
        into[to] = layout.type().next(buffer);
      }
      done += now;
    }
  }

  private void fill(long position, int bytes) throws IOException {
    buffer.clear().limit(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException();
      }
    }
    buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
