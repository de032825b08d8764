package org.sardiffusion.geo.internal.tiff;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.core.raster.AmplitudeSink;

/**
 * Writes a tiled GeoTIFF from rows that come from the top to the bottom, so that the image may be
 * larger than memory: with overviews if it is large, and as BigTIFF if it may reach 4 GB.
 *
 * <p>It holds one row of tiles of the image and of each overview: for a width of 40,000 pixels 160
 * MB. An overview's pixel is the root mean square of four, so that its power is that of the image;
 * pixels without data do not count.
 *
 * <p>It sets the tags itself: GeoTools' {@code GeoTiffWriter} loses GDAL_METADATA and a NaN nodata
 * value, refuses images without a coordinate system, and makes no overviews.
 */
public final class GeoTiffWriter implements AmplitudeSink, AutoCloseable {
  private static final long CLASSIC_LIMIT = (1L << 32) - 1;

  private static final int TILE = 512;
  private static final int TILE_STEP = 16;

  /** What viewers read as a whole without a pause has no overviews. */
  private static final int LARGEST_WITHOUT_OVERVIEWS = 1024;

  /** Overviews end with the first that one tile holds. */
  private static final int SMALLEST_OVERVIEW = TILE;

  private final FileChannel channel;
  private final GeoTiffImage image;
  private final boolean big;
  private final List<Level> levels = new ArrayList<>();
  private final TilePacking packing;
  private long end;
  private int rowsWritten;

  /**
   * Starts a file.
   *
   * @param file an existing file, overwritten: the temporary one of an {@link
   *     org.sardiffusion.core.io.AtomicOutput}
   * @param image what it will hold
   */
  public static GeoTiffWriter create(Path file, GeoTiffImage image) throws IOException {
    return create(file, image, CLASSIC_LIMIT);
  }

  /** With another limit, above which BigTIFF is written: tests cannot write 4 GB. */
  static GeoTiffWriter create(Path file, GeoTiffImage image, long classicLimit) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    return new GeoTiffWriter(channel, image, sizeBound(image) > classicLimit);
  }

  /**
   * An upper bound of a file's size, overviews included.
   *
   * @return bytes
   */
  public static long sizeBound(GeoTiffImage image) {
    long pixels = ((long) image.size().width() + TILE) * (image.size().height() + (long) TILE);
    // A third for overviews, and a little for what does not compress.
    return (long) (pixels * image.settings().coding().type().bytes() * 1.4) + (1L << 20);
  }

  private GeoTiffWriter(FileChannel channel, GeoTiffImage image, boolean big) {
    this.channel = channel;
    this.image = image;
    this.big = big;
    this.end = big ? 16 : 8;
    this.packing = new TilePacking(image.settings().compression());
    int width = image.size().width();
    int height = image.size().height();
    levels.add(new Level(width, height));
    boolean large = Math.max(width, height) > LARGEST_WITHOUT_OVERVIEWS;
    while (large && Math.max(width, height) > SMALLEST_OVERVIEW) {
      width = (width + 1) / 2;
      height = (height + 1) / 2;
      levels.add(new Level(width, height));
    }
  }

  /**
   * Writes the next rows.
   *
   * @param firstRow the one behind the last that was written
   * @param rows how many
   * @param values from index 0, row by row, {@code rows * width} amplitudes; NaN for pixels without
   *     data
   * @throws IllegalArgumentException if those are not the next rows of the image
   * @throws UncheckedIOException if the file cannot be written
   */
  @Override
  public void writeRows(int firstRow, int rows, float[] values) {
    int width = image.size().width();
    if (firstRow != rowsWritten
        || rows < 0
        || rows > image.size().height() - rowsWritten
        || values.length < (long) rows * width) {
      throw new IllegalArgumentException(
          rows
              + " rows of "
              + values.length
              + " values from row "
              + firstRow
              + " do not follow row "
              + rowsWritten);
    }
    try {
      for (int i = 0; i < rows; i++) {
        float[] row = new float[width];
        System.arraycopy(values, i * width, row, 0, width);
        add(0, row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rowsWritten += rows;
  }

  /**
   * Writes the directories; without this the file is none.
   *
   * @throws IllegalStateException if rows are missing
   */
  public void finish() throws IOException {
    if (rowsWritten != image.size().height()) {
      throw new IllegalStateException(
          "Of " + image.size().height() + " rows only " + rowsWritten + " were written");
    }
    List<DirectoryWriter> directories = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      directories.add(directory(i));
    }
    long next = 0;
    // From the last to the first, since each names the one behind it.
    for (int i = directories.size() - 1; i >= 0; i--) {
      next = append(directories.get(i).bytes(align(), next));
    }
    ByteBuffer header = ByteBuffer.allocate(big ? 16 : 8).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort((short) 0x4949);
    if (big) {
      header.putShort((short) 43).putShort((short) 8).putShort((short) 0).putLong(next);
    } else {
      header.putShort((short) 42).putInt((int) next);
    }
    write(header.flip(), 0);
  }

  private void add(int index, float[] row) throws IOException {
    Level level = levels.get(index);
    System.arraycopy(row, 0, level.rows, level.filled * level.width, level.width);
    level.filled++;
    level.done++;
    if (level.filled == level.tileHeight || level.done == level.height) {
      flush(level);
    }
    if (index + 1 < levels.size()) {
      boolean last = level.done == level.height;
      if (level.waiting.isEmpty() && !last) {
        level.waiting.add(row);
      } else {
        float[] above = level.waiting.isEmpty() ? row : level.waiting.remove(0);
        add(index + 1, halved(above, row));
      }
    }
  }

  private static float[] halved(float[] above, float[] below) {
    float[] half = new float[(above.length + 1) / 2];
    for (int i = 0; i < half.length; i++) {
      int right = Math.min(2 * i + 1, above.length - 1);
      half[i] = rootMeanSquare(above[2 * i], above[right], below[2 * i], below[right]);
    }
    return half;
  }

  private static float rootMeanSquare(float... values) {
    double sum = 0;
    int count = 0;
    for (float value : values) {
      if (!Float.isNaN(value)) {
        sum += (double) value * value;
        count++;
      }
    }
    return count == 0 ? Float.NaN : (float) Math.sqrt(sum / count);
  }

  private void flush(Level level) throws IOException {
    for (int left = 0; left < level.width; left += level.tileWidth) {
      byte[] packed = packing.pack(tile(level, left));
      level.offsets.add(append(ByteBuffer.wrap(packed)));
      level.lengths.add((long) packed.length);
    }
    level.filled = 0;
  }

  private byte[] tile(Level level, int left) {
    int size = image.settings().coding().type().bytes();
    ByteBuffer bytes =
        ByteBuffer.allocate(level.tileWidth * level.tileHeight * size)
            .order(ByteOrder.LITTLE_ENDIAN);
    int columns = Math.min(level.tileWidth, level.width - left);
    for (int row = 0; row < level.filled; row++) {
      bytes.position(row * level.tileWidth * size);
      for (int column = 0; column < columns; column++) {
        float stored =
            image.settings().coding().stored(level.rows[row * level.width + left + column]);
        switch (image.settings().coding().type()) {
          case FLOAT32 -> bytes.putFloat(stored);
          case UINT16 -> bytes.putShort((short) (int) stored);
          case UINT8 -> bytes.put((byte) (int) stored);
        }
      }
    }
    return bytes.array();
  }

  private DirectoryWriter directory(int index) {
    Level level = levels.get(index);
    DirectoryWriter tags = new DirectoryWriter(big);
    int bytes = image.settings().coding().type().bytes();
    tags.longs(TiffTags.NEW_SUBFILE_TYPE, List.of(index == 0 ? 0L : 1L));
    tags.longs(TiffTags.IMAGE_WIDTH, List.of((long) level.width));
    tags.longs(TiffTags.IMAGE_LENGTH, List.of((long) level.height));
    tags.shorts(TiffTags.BITS_PER_SAMPLE, bytes * 8);
    tags.shorts(TiffTags.COMPRESSION, packing.code());
    tags.shorts(TiffTags.PHOTOMETRIC, 1);
    tags.shorts(TiffTags.SAMPLES_PER_PIXEL, 1);
    tags.shorts(TiffTags.SAMPLE_FORMAT, image.settings().coding().type().isInteger() ? 1 : 3);
    tags.longs(TiffTags.TILE_WIDTH, List.of((long) level.tileWidth));
    tags.longs(TiffTags.TILE_LENGTH, List.of((long) level.tileHeight));
    tags.offsets(TiffTags.TILE_OFFSETS, level.offsets);
    tags.longs(TiffTags.TILE_BYTE_COUNTS, level.lengths);
    if (index == 0) {
      GeoTiffTags described = new GeoTiffTags(tags);
      described.place(image.place(), image.size());
      described.describe(image.provenance(), image.settings(), measures());
    }
    return tags;
  }

  /** Tiles of a small image are as small as the standard allows: multiples of 16. */
  private static int tile(int length) {
    return Math.min(TILE, (length + TILE_STEP - 1) / TILE_STEP * TILE_STEP);
  }

  private Map<String, String> measures() {
    Map<String, String> measures = new LinkedHashMap<>();
    image
        .spacing()
        .ifPresent(
            s -> {
              measures.put(TiffPlace.COLUMN_SPACING, "" + s.columns());
              measures.put(TiffPlace.ROW_SPACING, "" + s.rows());
            });
    return measures;
  }

  /** Directories begin at even positions. */
  private long align() {
    end += end & 1;
    return end;
  }

  /** Appends bytes and returns where they begin. */
  private long append(ByteBuffer bytes) throws IOException {
    long position = end;
    end += bytes.remaining();
    write(bytes, position);
    return position;
  }

  private void write(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Closes the file, finished or not. */
  @Override
  public void close() throws IOException {
    packing.close();
    channel.close();
  }

  /** The image or one of its overviews, with the row of tiles that is being filled. */
  private static final class Level {
    private final int width;
    private final int height;
    private final int tileWidth;
    private final int tileHeight;
    private final float[] rows;
    private final List<Long> offsets = new ArrayList<>();
    private final List<Long> lengths = new ArrayList<>();
    private final List<float[]> waiting = new ArrayList<>();
    private int filled;
    private int done;

    Level(int width, int height) {
      this.width = width;
      this.height = height;
      this.tileWidth = tile(width);
      this.tileHeight = tile(height);
      this.rows = new float[Math.multiplyExact(width, tileHeight)];
    }
  }
}
