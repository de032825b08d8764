package org.sardiffusion.geo.tiff;

import it.geosolutions.imageio.plugins.tiff.TIFFCompressor;
import java.io.IOException;
import java.util.zip.Deflater;

/**
 * Deflate for the TIFF plug-in, whose own one cuts tiles off that do not become smaller: it gives
 * zlib one buffer, too small for them, and takes what fits.
 */
final class DeflateCompressor extends TIFFCompressor {
  /** Adobe's Deflate. */
  private static final int TAG_VALUE = 8;

  private static final int BUFFER_BYTES = 64 * 1024;

  private final Deflater deflater = new Deflater();
  private final byte[] buffer = new byte[BUFFER_BYTES];

  DeflateCompressor() {
    super(Compression.DEFLATE.pluginName(), TAG_VALUE, true);
  }

  @Override
  public int encode(
      byte[] pixels, int offset, int width, int height, int[] bitsPerSample, int scanlineStride)
      throws IOException {
    int bits = 0;
    for (int each : bitsPerSample) {
      bits += each;
    }
    int rowBytes = (width * bits + Byte.SIZE - 1) / Byte.SIZE;
    deflater.reset();
    int written = 0;
    for (int row = 0; row < height; row++) {
      deflater.setInput(pixels, offset + row * scanlineStride, rowBytes);
      if (row == height - 1) {
        deflater.finish();
      }
      while (row == height - 1 ? !deflater.finished() : !deflater.needsInput()) {
        int length = deflater.deflate(buffer);
        stream.write(buffer, 0, length);
        written += length;
      }
    }
    return written;
  }

  @Override
  public void dispose() {
    deflater.end();
  }
}
