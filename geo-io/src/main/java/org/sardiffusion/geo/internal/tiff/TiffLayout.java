package org.sardiffusion.geo.internal.tiff;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.raster.ElementType;

/**
 * How a TIFF lays one of its bands out in blocks: tiles, or strips as wide as the image.
 *
 * @param width columns of the image
 * @param height rows of the image
 * @param type the type of one number
 * @param valuesPerPixel 1, or 2 for real and imaginary part
 * @param bands how many lie side by side in a pixel
 * @param band which of those is meant, from 0
 * @param order the byte order
 * @param coding how the bytes of a block are compressed
 * @param blocks where the blocks lie
 */
record TiffLayout(
    int width,
    int height,
    ElementType type,
    int valuesPerPixel,
    int bands,
    int band,
    ByteOrder order,
    BlockCoding coding,
    Blocks blocks) {

  /**
   * The blocks of an image, row by row.
   *
   * @param width columns of a block
   * @param height rows of a block; the last strip holds only those that the image has
   * @param tiled whether they are tiles, all of one size
   * @param offsets byte positions; 0 for a block that the file leaves out
   * @param lengths bytes of each; 0 likewise
   */
  record Blocks(int width, int height, boolean tiled, long[] offsets, long[] lengths) {
    /** Those of one band, where the bands are stored one after the other. */
    Blocks ofBand(int band, int bands) {
      return new Blocks(
          width, height, tiled, part(offsets, band, bands), part(lengths, band, bands));
    }

    private static long[] part(long[] all, int band, int bands) {
      int count = all.length / bands;
      return Arrays.copyOfRange(all, band * count, (band + 1) * count);
    }
  }

  /** A compressed block is held in memory as a whole. */
  private static final long LARGEST_BLOCK = 1L << 28;

  /** zlib reaches 1032, LZW about 1365; ZSTD more, but not on images. */
  private static final long MAXIMUM_RATIO = 2000;

  private static final int UNSIGNED = 1;
  private static final int SIGNED = 2;
  private static final int FLOAT = 3;
  private static final int UNDEFINED = 4;
  private static final int COMPLEX_INT = 5;
  private static final int COMPLEX_FLOAT = 6;
  private static final int SEPARATE = 2;

  /**
   * Whether a second band says where the first has data: an alpha channel, associated (1) or not
   * (2).
   */
  static boolean hasAlpha(TiffDirectory directory) {
    double extra = directory.number(TiffTags.EXTRA_SAMPLES, 0);
    return directory.number(TiffTags.SAMPLES_PER_PIXEL, 1) == 2 && (extra == 1 || extra == 2);
  }

  /**
   * Reads the layout of a band and holds it against the file's length.
   *
   * @param band 0, or 1 for the alpha channel
   * @throws MalformedFileException if the file is cut short or of a kind that is not read
   */
  static TiffLayout of(Path path, TiffDirectory directory, int band) throws IOException {
    int bands = (int) directory.number(TiffTags.SAMPLES_PER_PIXEL, 1);
    if (bands != 1 && !hasAlpha(directory)) {
      throw new MalformedFileException(
          path,
          "it has "
              + bands
              + " bands and one is read. Take one out with gdal_translate -b 1 IN.tif OUT.tif.");
    }
    int width = size(path, directory, TiffTags.IMAGE_WIDTH);
    int height = size(path, directory, TiffTags.IMAGE_LENGTH);
    int bits = (int) directory.number(TiffTags.BITS_PER_SAMPLE, 1);
    int format = (int) directory.number(TiffTags.SAMPLE_FORMAT, UNSIGNED);
    boolean complex = format == COMPLEX_INT || format == COMPLEX_FLOAT;
    ElementType type = type(path, complex ? bits / 2 : bits, format);
    boolean separate = directory.number(TiffTags.PLANAR_CONFIGURATION, 1) == SEPARATE;
    boolean together = bands > 1 && !separate;
    if (together && type == ElementType.BOOL) {
      throw new MalformedFileException(path, "its pixels of one bit have an alpha channel.");
    }
    Blocks blocks = blocks(path, directory, width, height);
    TiffLayout layout =
        new TiffLayout(
            width,
            height,
            type,
            complex ? 2 : 1,
            together ? bands : 1,
            together ? band : 0,
            directory.order(),
            BlockCoding.of(path, directory),
            separate ? blocks.ofBand(band, bands) : blocks);
    layout.check(path, Files.size(path));
    return layout;
  }

  int bytesPerPixel() {
    return bands * valuesPerPixel * type.bytes();
  }

  /** Bytes of pixels that follow each other in a row; of single bits, 8 to a byte. */
  long bytes(long pixels) {
    return type == ElementType.BOOL ? (pixels + 7) / 8 : pixels * bytesPerPixel();
  }

  int blocksAcross() {
    return (width - 1) / blocks.width + 1;
  }

  int blocksDown() {
    return (height - 1) / blocks.height + 1;
  }

  /** How many rows a block stores. */
  int rowsStored(int blockRow) {
    return blocks.tiled
        ? blocks.height
        : Math.min(blocks.height, height - blockRow * blocks.height);
  }

  /** Bytes of a block when nothing is compressed. */
  long bytesStored(int blockRow) {
    return bytes(blocks.width) * rowsStored(blockRow);
  }

  private static int size(Path path, TiffDirectory directory, int tag) {
    double size = directory.number(tag, 0);
    if (!(size >= 1 && size <= Integer.MAX_VALUE)) {
      throw new MalformedFileException(path, "it claims " + (long) size + " columns or rows.");
    }
    return (int) size;
  }

  private static ElementType type(Path path, int bits, int format) {
    ElementType type =
        switch (format) {
          case UNSIGNED, UNDEFINED ->
              switch (bits) {
                case 1 -> ElementType.BOOL;
                case 8 -> ElementType.UINT8;
                case 16 -> ElementType.UINT16;
                case 32 -> ElementType.UINT32;
                default -> null;
              };
          case SIGNED, COMPLEX_INT ->
              bits == 8
                  ? ElementType.INT8
                  : bits == 16 ? ElementType.INT16 : bits == 32 ? ElementType.INT32 : null;
          case FLOAT, COMPLEX_FLOAT ->
              bits == 16
                  ? ElementType.FLOAT16
                  : bits == 32 ? ElementType.FLOAT32 : bits == 64 ? ElementType.FLOAT64 : null;
          default -> null;
        };
    if (type == null) {
      throw new MalformedFileException(
          path,
          "its samples have "
              + bits
              + " bits in sample format "
              + format
              + "; integers of 1, 8, 16 and 32 bits, floats and complex numbers are read. Convert"
              + " it with gdal_translate -ot Float32 IN.tif OUT.tif.");
    }
    return type;
  }

  private static Blocks blocks(Path path, TiffDirectory directory, int width, int height) {
    boolean tiled = directory.numbers(TiffTags.TILE_OFFSETS).isPresent();
    double rows = directory.number(tiled ? TiffTags.TILE_LENGTH : TiffTags.ROWS_PER_STRIP, height);
    double columns = tiled ? directory.number(TiffTags.TILE_WIDTH, 0) : width;
    if (!(columns >= 1 && columns <= Integer.MAX_VALUE && rows >= 1)) {
      throw new MalformedFileException(
          path, "its blocks have " + (long) columns + "x" + (long) rows + " pixels.");
    }
    // Writers that want one strip state 2^32 - 1 rows.
    int blockHeight = tiled ? (int) Math.min(rows, 1 << 20) : (int) Math.min(rows, height);
    return new Blocks(
        (int) columns,
        blockHeight,
        tiled,
        positions(path, directory, tiled ? TiffTags.TILE_OFFSETS : TiffTags.STRIP_OFFSETS),
        positions(path, directory, tiled ? TiffTags.TILE_BYTE_COUNTS : TiffTags.STRIP_BYTE_COUNTS));
  }

  private static long[] positions(Path path, TiffDirectory directory, int tag) {
    double[] numbers =
        directory
            .numbers(tag)
            .orElseThrow(
                () ->
                    new MalformedFileException(
                        path, "it does not say where its pixels lie (tag " + tag + ")."));
    long[] positions = new long[numbers.length];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = (long) numbers[i];
    }
    return positions;
  }

  /** Nothing of the size of a block is allocated before this has passed. */
  private void check(Path path, long fileLength) {
    long needed = (long) blocksAcross() * blocksDown();
    if (blocks.offsets.length < needed || blocks.lengths.length < needed) {
      throw new MalformedFileException(
          path,
          "its "
              + width
              + "x"
              + height
              + " pixels need "
              + needed
              + " blocks, but it lists "
              + Math.min(blocks.offsets.length, blocks.lengths.length)
              + ".");
    }
    for (int i = 0; i < needed; i++) {
      int blockRow = i / blocksAcross();
      long stored = bytesStored(blockRow);
      if (stored > LARGEST_BLOCK && (coding.isCompressed() || blocks.lengths[i] == 0)) {
        throw new MalformedFileException(
            path,
            "its blocks of "
                + stored
                + " bytes are too large to be held. Rewrite it with gdal_translate -co TILED=YES"
                + " IN.tif OUT.tif.");
      }
      boolean inside =
          blocks.offsets[i] >= 0
              && blocks.lengths[i] >= 0
              && blocks.lengths[i] <= fileLength - blocks.offsets[i];
      boolean absent = blocks.offsets[i] == 0 && blocks.lengths[i] == 0;
      boolean enough =
          coding.isCompressed()
              ? stored / MAXIMUM_RATIO <= blocks.lengths[i]
              : stored <= blocks.lengths[i];
      if (!inside || !(absent || enough)) {
        throw new MalformedFileException(
            path, "it is cut short: not all of its " + width + "x" + height + " pixels are there.");
      }
    }
  }
}
