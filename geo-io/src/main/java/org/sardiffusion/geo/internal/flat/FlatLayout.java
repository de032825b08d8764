package org.sardiffusion.geo.internal.flat;

import java.nio.ByteOrder;
import org.sardiffusion.geo.raster.ElementType;

/**
 * Where the numbers of an uncompressed file lie.
 *
 * @param offset the position of the first one, bytes
 * @param width columns
 * @param height rows
 * @param valuesPerPixel 1, or 2 for real and imaginary part
 * @param type their type
 * @param order their byte order
 * @param arrangement which neighbours follow each other; of no consequence for one value per pixel
 */
public record FlatLayout(
    long offset,
    int width,
    int height,
    int valuesPerPixel,
    ElementType type,
    ByteOrder order,
    Arrangement arrangement) {

  /** What varies fastest, second, and slowest. */
  public enum Arrangement {
    /** Value, column, row: complex numbers, or bands interleaved by pixel. */
    BY_PIXEL,
    /** Column, value, row: bands interleaved by line. */
    BY_LINE,
    /** Column, row, value: bands one after the other. */
    BY_BAND
  }

  /**
   * @throws IllegalArgumentException if a size is below 1 or the offset below 0
   */
  public FlatLayout {
    if (width < 1 || height < 1 || valuesPerPixel < 1 || valuesPerPixel > 2 || offset < 0) {
      throw new IllegalArgumentException("Not a layout of an image");
    }
  }

  /**
   * Where the file must end at the earliest, bytes.
   *
   * @throws ArithmeticException if no file can be that long
   */
  public long end() {
    return Math.addExact(
        offset, Math.multiplyExact((long) width * height, (long) valuesPerPixel * type.bytes()));
  }

  /**
   * The position of a run of numbers, bytes.
   *
   * @param row from 0
   * @param value which value of its pixels, where those lie apart
   */
  long position(int row, int value) {
    long line =
        switch (arrangement) {
          case BY_PIXEL -> (long) row * valuesPerPixel;
          case BY_LINE -> (long) row * valuesPerPixel + value;
          case BY_BAND -> row + (long) value * height;
        };
    return offset + line * width * type.bytes();
  }
}
