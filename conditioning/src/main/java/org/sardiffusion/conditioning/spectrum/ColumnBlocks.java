package org.sardiffusion.conditioning.spectrum;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardiffusion.conditioning.ScratchFileException;
import org.sardiffusion.core.io.DiskSpace;

/**
 * An intermediate image, kept as blocks of neighbouring columns, each a matrix of its own.
 *
 * <p>A strip of rows is a contiguous piece of every block and a strip of columns is one block, so
 * that rows can be written and columns read without jumping about on the disk.
 */
sealed interface ColumnBlocks extends AutoCloseable {
  /** Writes {@code count} floats to a block, from its float number {@code offset} on. */
  void write(int block, long offset, float[] from, int at, int count);

  /** Reads {@code count} floats of a block, from its float number {@code offset} on. */
  void read(int block, long offset, float[] into, int at, int count);

  @Override
  void close();

  /** Blocks in memory. */
  static ColumnBlocks inMemory(int blocks, int floatsPerBlock) {
    return new Memory(new float[blocks][floatsPerBlock]);
  }

  /**
   * Blocks in a temporary file, which disappears on closing.
   *
   * @throws org.sardiffusion.core.io.DiskFullException if the folder has no room
   * @throws ScratchFileException if it cannot be written
   */
  static ColumnBlocks onDisk(Path folder, int blocks, long floatsPerBlock) {
    DiskSpace.require(
        folder,
        blocks * floatsPerBlock * Float.BYTES,
        "Resampling",
        "Free some space, choose another scratch folder, or allow more memory.");
    try {
      Path file = Files.createTempFile(folder, "sar-diffusion-", ".columns");
      return new Disk(
          folder,
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE),
          floatsPerBlock);
    } catch (IOException e) {
      throw new ScratchFileException(folder, e);
    }
  }

  /** See {@link #inMemory}. */
  record Memory(float[][] blocks) implements ColumnBlocks {
    @Override
    public void write(int block, long offset, float[] from, int at, int count) {
      System.arraycopy(from, at, blocks[block], (int) offset, count);
    }

    @Override
    public void read(int block, long offset, float[] into, int at, int count) {
      System.arraycopy(blocks[block], (int) offset, into, at, count);
    }

    @Override
    public void close() {
      // Memory needs no closing.
    }
  }

  /** See {@link #onDisk}. */
  final class Disk implements ColumnBlocks {
    private static final int BUFFER_BYTES = 1 << 18;

    private final Path folder;
    private final FileChannel channel;
    private final long floatsPerBlock;
    private final ThreadLocal<ByteBuffer> buffers =
        ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder()));

    private Disk(Path folder, FileChannel channel, long floatsPerBlock) {
      this.folder = folder;
      this.channel = channel;
      this.floatsPerBlock = floatsPerBlock;
    }

    @Override
    public void write(int block, long offset, float[] from, int at, int count) {
      ByteBuffer buffer = buffers.get();
      long position = (block * floatsPerBlock + offset) * Float.BYTES;
      try {
        for (int done = 0; done < count; ) {
          int floats = Math.min(count - done, BUFFER_BYTES / Float.BYTES);
          buffer.clear().limit(floats * Float.BYTES);
          buffer.asFloatBuffer().put(from, at + done, floats);
          while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
          }
          done += floats;
        }
      } catch (IOException e) {
        throw new ScratchFileException(folder, e);
      }
    }

    @Override
    public void read(int block, long offset, float[] into, int at, int count) {
      ByteBuffer buffer = buffers.get();
      long position = (block * floatsPerBlock + offset) * Float.BYTES;
      try {
        for (int done = 0; done < count; ) {
          int floats = Math.min(count - done, BUFFER_BYTES / Float.BYTES);
          buffer.clear().limit(floats * Float.BYTES);
          while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
              throw new ScratchFileException(
                  folder, "the temporary file was cut short by another program. Run it again.");
            }
            position += read;
          }
          buffer.flip();
          buffer.asFloatBuffer().get(into, at + done, floats);
          done += floats;
        }
      } catch (IOException e) {
        throw new ScratchFileException(folder, e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new ScratchFileException(folder, e);
      }
    }
  }
}
