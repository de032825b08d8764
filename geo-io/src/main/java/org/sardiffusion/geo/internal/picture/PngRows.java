package org.sardiffusion.geo.internal.picture;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.sardiffusion.geo.raster.RowSource;

/**
 * Rows of a PNG (ISO/IEC 15948), unpacked one after the other; whoever asks for an earlier row
 * makes it start again at the top.
 */
final class PngRows implements RowSource {
  private static final int FIRST_CHUNK = 8;
  private static final int BUFFER_BYTES = 1 << 16;

  private final FileChannel channel;
  private final PngHeader header;
  private final byte[] packed = new byte[BUFFER_BYTES];
  private final Inflater inflater = new Inflater();
  private int[] transparent = {};
  private byte[] row;
  private byte[] above;
  private int nextRow;
  private long position;
  private long chunkLeft;

  PngRows(FileChannel channel, PngHeader header) throws IOException {
    if (header.bytesPerRow() > Integer.MAX_VALUE - 9) {
      channel.close();
      throw new IOException("its rows take " + header.bytesPerRow() + " bytes");
    }
    this.channel = channel;
    this.header = header;
    restart();
  }

  static int chunk(String type) {
    return ByteBuffer.wrap(type.getBytes(StandardCharsets.US_ASCII)).getInt();
  }

  @Override
  public int width() {
    return header.width();
  }

  @Override
  public int height() {
    return header.height();
  }

  @Override
  public int valuesPerPixel() {
    return 1;
  }

  @Override
  public void read(int firstRow, int rows, float[] into) throws IOException {
    if (firstRow < nextRow) {
      restart();
    }
    while (nextRow < firstRow) {
      unpackRow();
    }
    for (int i = 0; i < rows; i++) {
      unpackRow();
      for (int column = 0; column < header.width(); column++) {
        into[i * header.width() + column] = grey(column);
      }
    }
  }

  private void restart() {
    inflater.reset();
    row = new byte[(int) header.bytesPerRow()];
    above = new byte[row.length];
    nextRow = 0;
    position = FIRST_CHUNK;
    chunkLeft = 0;
  }

  private float grey(int column) throws IOException {
    if (header.bits() == 1) {
      int bit = row[column / 8] >> (7 - column % 8) & 1;
      return transparent.length == 1 && bit == transparent[0] ? Float.NaN : bit;
    }
    int at = column * header.bytesPerPixel();
    int first = sample(at);
    int step = header.bits() / 8;
    if (isHidden(at, step)) {
      return Float.NaN;
    }
    if (header.isColour() && (sample(at + step) != first || sample(at + 2 * step) != first)) {
      throw new IOException(
          "column "
              + column
              + " has a colour, but an amplitude is grey. Convert the picture to grey first");
    }
    return first;
  }

  /** Whether the alpha of a pixel is 0, or its colour the transparent one. */
  private boolean isHidden(int at, int step) {
    if (header.hasAlpha()) {
      return sample(at + (header.channels() - 1) * step) == 0;
    }
    boolean hidden = transparent.length == header.channels();
    for (int channel = 0; hidden && channel < transparent.length; channel++) {
      hidden = sample(at + channel * step) == transparent[channel];
    }
    return hidden;
  }

  private int sample(int at) {
    return header.bits() == 8 ? row[at] & 0xFF : (row[at] & 0xFF) << 8 | row[at + 1] & 0xFF;
  }

  private void unpackRow() throws IOException {
    byte[] free = above;
    above = row;
    row = free;
    byte[] filter = new byte[1];
    inflate(filter);
    inflate(row);
    unfilter(filter[0]);
    nextRow++;
  }

  private void inflate(byte[] into) throws IOException {
    int done = 0;
    while (done < into.length) {
      try {
        int now = inflater.inflate(into, done, into.length - done);
        if (now == 0 && !inflater.needsInput()) {
          throw new IOException("its pixels end at row " + nextRow);
        }
        done += now;
      } catch (DataFormatException e) {
        throw new IOException("its pixels are not a Deflate stream", e);
      }
      if (inflater.needsInput() && done < into.length) {
        feed();
      }
    }
  }

  private void feed() throws IOException {
    while (chunkLeft == 0) {
      ByteBuffer start = bytes(8);
      chunkLeft = start.getInt() & 0xFFFFFFFFL;
      int type = start.getInt();
      if (type == chunk("IEND")) {
        throw new EOFException();
      }
      if (type == chunk("tRNS")) {
        readTransparent();
      } else if (type != chunk("IDAT")) {
        position += chunkLeft + 4;
        chunkLeft = 0;
      } else if (chunkLeft == 0) {
        position += 4;
      }
    }
    int now = (int) Math.min(chunkLeft, packed.length);
    bytes(now).get(packed, 0, now);
    chunkLeft -= now;
    // Behind the bytes of a chunk there is their checksum.
    position += chunkLeft == 0 ? 4 : 0;
    inflater.setInput(packed, 0, now);
  }

  /** ISO/IEC 15948, 11.3.2.1: two bytes for grey, or for each colour. */
  private void readTransparent() throws IOException {
    if (chunkLeft != 2 * header.channels()) {
      throw new IOException("its transparent colour takes " + chunkLeft + " bytes");
    }
    ByteBuffer colour = bytes((int) chunkLeft);
    transparent = new int[header.channels()];
    for (int channel = 0; channel < transparent.length; channel++) {
      transparent[channel] = colour.getShort() & 0xFFFF;
    }
    position += 4;
    chunkLeft = 0;
  }

  private ByteBuffer bytes(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    position += count;
    return bytes.flip();
  }

  private void unfilter(int filter) throws IOException {
    int distance = header.bytesPerPixel();
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = distance; i < row.length; i++) {
          row[i] += row[i - distance];
        }
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < distance ? 0 : row[i - distance] & 0xFF;
          row[i] += (byte) ((left + (above[i] & 0xFF)) / 2);
        }
      }
      case 4 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < distance ? 0 : row[i - distance] & 0xFF;
          int corner = i < distance ? 0 : above[i - distance] & 0xFF;
          row[i] += (byte) paeth(left, above[i] & 0xFF, corner);
        }
      }
      default -> throw new IOException("row " + nextRow + " has the unknown filter " + filter);
    }
  }

  /** Whichever neighbour is nearest to left + above - corner. */
  private static int paeth(int left, int above, int corner) {
    int estimate = left + above - corner;
    int toLeft = Math.abs(estimate - left);
    int toAbove = Math.abs(estimate - above);
    int toCorner = Math.abs(estimate - corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
      return left;
    }
    return toAbove <= toCorner ? above : corner;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    channel.close();
  }
}
