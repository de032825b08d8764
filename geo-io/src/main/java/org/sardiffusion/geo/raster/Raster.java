package org.sardiffusion.geo.raster;

import java.io.EOFException;
import java.io.IOException;
import org.sardiffusion.geo.MalformedFileException;

/**
 * A radar image in a file, read in strips of rows: real amplitudes or complex samples.
 *
 * <p>Meant for one thread at a time, and cheapest from the top to the bottom, though any order
 * works. It holds its file open until it is closed.
 */
public abstract sealed class Raster implements AutoCloseable permits DetectedRaster, ComplexRaster {
  private final RowSource source;
  private final RasterMetadata metadata;
  private final int valuesPerPixel;

  Raster(RowSource source, RasterMetadata metadata, int valuesPerPixel) {
    if (source.width() < 1 || source.height() < 1 || source.valuesPerPixel() != valuesPerPixel) {
      throw new IllegalArgumentException(
          source.width()
              + "x"
              + source.height()
              + " with "
              + source.valuesPerPixel()
              + " value(s) per pixel is not such a raster");
    }
    this.source = source;
    this.metadata = metadata;
    this.valuesPerPixel = valuesPerPixel;
  }

  /** Columns, at least 1. */
  public final int width() {
    return source.width();
  }

  /** Rows, at least 1. */
  public final int height() {
    return source.height();
  }

  /** What the file says about itself. */
  public final RasterMetadata metadata() {
    return metadata;
  }

  /** The same open file, described differently; close either of the two, not both. */
  public abstract Raster withMetadata(RasterMetadata other);

  /**
   * The same open file, whose pixels have no data either where a mask holds 0; closing it closes
   * both.
   *
   * @param mask one value per pixel
   * @throws MalformedFileException if it is of another size
   */
  public final Raster maskedBy(RowSource mask) {
    if (mask.width() != width() || mask.height() != height() || mask.valuesPerPixel() != 1) {
      throw new MalformedFileException(
          metadata.file(),
          "its mask is of "
              + mask.width()
              + "x"
              + mask.height()
              + " pixels where the image is of "
              + width()
              + "x"
              + height()
              + ".");
    }
    return of(new MaskedRows(source, mask));
  }

  /** The same of other rows. */
  abstract Raster of(RowSource rows);

  /**
   * Reads whole rows.
   *
   * @param firstRow the first row, counted from 0 at the top
   * @param rows how many rows, at least 0
   * @param into receives, from index 0, row by row, the values of every pixel in turn: one
   *     amplitude, or real and imaginary part; NaN marks a pixel without data
   * @throws IllegalArgumentException if there are no such rows, or {@code into} is too short
   * @throws MalformedFileException if the file breaks off or cannot be decoded there
   */
  public final void readRows(int firstRow, int rows, float[] into) {
    long values = (long) rows * width() * valuesPerPixel;
    if (firstRow < 0 || rows < 0 || rows > height() - firstRow || into.length < values) {
      throw new IllegalArgumentException(
          rows
              + " rows from row "
              + firstRow
              + " of "
              + height()
              + " do not fit into "
              + into.length
              + " values");
    }
    try {
      source.read(firstRow, rows, into);
    } catch (EOFException e) {
      throw new MalformedFileException(
          metadata.file(), "it ends before row " + (firstRow + rows) + ": it was cut short.", e);
    } catch (IOException e) {
      throw new MalformedFileException(
          metadata.file(), "near row " + firstRow + ": " + e.getMessage() + ".", e);
    }
    finish(into, (int) values);
  }

  /** Turns the first {@code count} stored numbers into what they mean. */
  abstract void finish(float[] values, int count);

  final RowSource source() {
    return source;
  }

  /** Closes the file; a second call does nothing. */
  @Override
  public final void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw new MalformedFileException(
          metadata.file(), "it could not be closed: " + e.getMessage() + ".", e);
    }
  }

  /** What it is, on one line. */
  @Override
  public String toString() {
    return width() + "x" + height() + " " + metadata;
  }
}
