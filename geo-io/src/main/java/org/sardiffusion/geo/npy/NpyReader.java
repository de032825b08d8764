package org.sardiffusion.geo.npy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.npy.NpyHeader;

/**
 * Reads whole {@code .npy} files of real numbers strictly: integers of up to 32 bits, float16,
 * float32 and float64, of either byte order, C order, versions 1 to 3.
 *
 * <p>The header is parsed, never evaluated; the shape must account for the file's length to the
 * byte before anything is allocated for it.
 */
public final class NpyReader {
  private static final int CHUNK_BYTES = 1 << 18;

  private NpyReader() {}

  /**
   * Reads a file; integers and doubles become floats of the same value (rounded where a float is
   * too short for it).
   *
   * @throws MalformedFileException if the file is missing, cut short, longer than its shape says,
   *     of a type that is not read, or of more elements than an array holds
   */
  public static NpyArray read(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      NpyHeader header = NpyHeader.read(path, channel);
      return new NpyArray(header.shape(), values(path, channel, header));
    } catch (NoSuchFileException e) {
      throw new MalformedFileException(path, "there is no such file.", e);
    } catch (EOFException e) {
      throw new MalformedFileException(path, "it ends in the middle of its header.", e);
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  private static float[] values(Path path, FileChannel channel, NpyHeader header)
      throws IOException {
    if (header.valuesPerElement() != 1) {
      throw new MalformedFileException(
          path, "its elements are complex. Save their amplitude: numpy.save(path, abs(array)).");
    }
    float[] values = new float[count(path, header.shape())];
    int size = header.type().bytes();
    int perChunk = CHUNK_BYTES / size;
    for (int from = 0; from < values.length; from += perChunk) {
      int count = Math.min(perChunk, values.length - from);
      ByteBuffer chunk = ByteBuffer.allocate(count * size).order(header.order());
      long position = header.dataOffset() + (long) from * size;
      while (chunk.hasRemaining()) {
        if (channel.read(chunk, position + chunk.position()) < 0) {
          throw new EOFException();
        }
      }
      chunk.flip();
      for (int i = 0; i < count; i++) {
        values[from + i] = header.type().next(chunk);
      }
    }
    return values;
  }

  private static int count(Path path, int[] shape) {
    long count = 1;
    for (int length : shape) {
      if (length != 0 && count > Integer.MAX_VALUE / length) {
        throw new MalformedFileException(
            path, "its shape " + NpyHeader.text(shape) + " has over 2147483647 elements.");
      }
      count *= length;
    }
    return (int) count;
  }
}
