package org.sardiffusion.geo.internal.tiff;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.sardiffusion.geo.raster.ElementType;
import org.sardiffusion.geo.raster.RowSource;

/**
 * Rows of a TIFF. Compressed blocks are unpacked once for readers that go from the top to the
 * bottom: one row of blocks is kept, as long as that stays within a bound.
 */
final class TiffRows implements RowSource {
  private static final long KEPT_BYTES = 1L << 28;

  /** A multiple of 8, so that no byte of single bits is read twice. */
  private static final int BUFFER_PIXELS = 1 << 15;

  private static final int NOTHING = -1;

  private final FileChannel channel;
  private final TiffLayout layout;
  private final float nodata;
  private final byte[][] kept;
  private int keptRow = NOTHING;

  /**
   * @param nodata the number of pixels in blocks that the file leaves out
   */
  TiffRows(FileChannel channel, TiffLayout layout, float nodata) {
    this.channel = channel;
    this.layout = layout;
    this.nodata = nodata;
    long rowOfBlocks = layout.blocksAcross() * layout.bytesStored(0);
    this.kept = new byte[rowOfBlocks <= KEPT_BYTES ? layout.blocksAcross() : 0][];
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
    int blockHeight = layout.blocks().height();
    int end = firstRow + rows;
    for (int row = firstRow; row < end; ) {
      int blockRow = row / blockHeight;
      int next = (int) Math.min(end, (blockRow + 1L) * blockHeight);
      for (int across = 0; across < layout.blocksAcross(); across++) {
        read(new Part(blockRow, across, row, next - row), firstRow, into);
      }
      row = next;
    }
  }

  /** Some rows of one block. */
  private record Part(int blockRow, int across, int row, int rows) {}

  private void read(Part part, int firstRow, float[] into) throws IOException {
    int index = part.blockRow * layout.blocksAcross() + part.across;
    int blockWidth = layout.blocks().width();
    int column = part.across * blockWidth;
    int values = valuesPerPixel();
    int pixels = Math.min(blockWidth, width() - column);
    boolean sparse = layout.blocks().lengths()[index] == 0;
    byte[] block = sparse || !layout.coding().isCompressed() ? new byte[0] : block(part, index);
    for (int i = 0; i < part.rows; i++) {
      int to = ((part.row - firstRow + i) * width() + column) * values;
      int rowInBlock = part.row + i - part.blockRow * layout.blocks().height();
      long from = rowInBlock * layout.bytes(blockWidth);
      if (sparse) {
        Arrays.fill(into, to, to + pixels * values, nodata);
      } else if (block.length > 0) {
        int bytes = (int) layout.bytes(pixels);
        decode(ByteBuffer.wrap(block, (int) from, bytes), pixels, into, to);
      } else {
        readPlain(layout.blocks().offsets()[index] + from, pixels, into, to);
      }
    }
  }

  private void readPlain(long position, int pixels, float[] into, int to) throws IOException {
    for (int done = 0; done < pixels; ) {
      int now = Math.min(pixels - done, BUFFER_PIXELS);
      ByteBuffer bytes = bytes(position + layout.bytes(done), layout.bytes(now));
      decode(bytes, now, into, to + done * valuesPerPixel());
      done += now;
    }
  }

  private void decode(ByteBuffer bytes, int pixels, float[] into, int to) {
    int start = bytes.position();
    if (layout.type() == ElementType.BOOL) {
      for (int i = 0; i < pixels; i++) {
        into[to + i] = bytes.get(start + i / 8) >> (7 - i % 8) & 1;
      }
      return;
    }
    bytes.order(layout.order());
    int values = valuesPerPixel();
    int band = layout.band() * values * layout.type().bytes();
    for (int i = 0; i < pixels; i++) {
      bytes.position(start + i * layout.bytesPerPixel() + band);
      for (int value = 0; value < values; value++) {
        into[to + i * values + value] = layout.type().next(bytes);
      }
    }
  }

  private byte[] block(Part part, int index) throws IOException {
    if (part.blockRow != keptRow) {
      Arrays.fill(kept, null);
      keptRow = part.blockRow;
    }
    if (kept.length > 0 && kept[part.across] != null) {
      return kept[part.across];
    }
    byte[] packed =
        bytes(layout.blocks().offsets()[index], layout.blocks().lengths()[index]).array();
    byte[] block = layout.coding().unpack(packed, layout, layout.rowsStored(part.blockRow));
    if (kept.length > 0) {
      kept[part.across] = block;
    }
    return block;
  }

  private ByteBuffer bytes(long position, long length) throws IOException {
    if (length > Integer.MAX_VALUE - 8) {
      throw new IOException("a block takes " + length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
