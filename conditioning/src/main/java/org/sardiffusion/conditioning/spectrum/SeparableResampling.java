package org.sardiffusion.conditioning.spectrum;

import java.util.function.Supplier;
import org.sardiffusion.conditioning.InvalidSampleException;

/**
 * Rows, then columns, of an image of any size.
 *
 * <p>The row pass reads strips of rows and leaves them in {@link ColumnBlocks}; the column pass
 * turns one block after the other; the last pass hands strips of rows to the sink. A pixel has two
 * floats (complex) or one (amplitude). Two real rows are resampled as one complex row; pairs of
 * real columns lie side by side and are a complex column as they are.
 */
final class SeparableResampling {
  /** Reads whole rows, {@code floatsPerPixel} floats for a pixel. */
  interface RowReader {
    void read(int firstRow, int rows, float[] into);
  }

  /** Takes whole rows, {@code floatsPerPixel} floats for a pixel. */
  interface RowWriter {
    void write(int firstRow, int rows, float[] from);
  }

  private static final int WIDEST_BLOCK = 64;
  private static final int NARROWEST_BLOCK = 16;
  private static final int TALLEST_STRIP = 256;

  /** Columns gathered together: eight complex numbers fill a cache line. */
  private static final int COLUMNS_AT_ONCE = 8;

  private final RasterPlan plan;
  private final int floatsPerPixel;
  private final AxisKernel rowKernel;
  private final AxisKernel columnKernel;
  private final Resources resources;
  private final int inputRowFloats;
  private final int outputRowFloats;
  private final int blockFloats;
  private final int blocks;
  private final int stripRows;

  SeparableResampling(
      RasterPlan plan, int floatsPerPixel, SpectralCentroid centroid, ResamplingSettings settings) {
    this.plan = plan;
    this.floatsPerPixel = floatsPerPixel;
    rowKernel = new AxisKernel(plan.x(), centroid.x(), settings);
    columnKernel = new AxisKernel(plan.y(), centroid.y(), settings);
    resources = settings.resources();
    inputRowFloats = plan.x().inputLength() * floatsPerPixel;
    outputRowFloats = plan.x().outputLength() * floatsPerPixel;
    long columnBytes =
        (long) Float.BYTES
            * (plan.y().inputLength() + plan.y().outputLength())
            * resources.threads();
    blockFloats =
        COLUMNS_AT_ONCE
            * 2
            * (int)
                (clamp(resources.heapBytes() / 2 / columnBytes, NARROWEST_BLOCK, WIDEST_BLOCK)
                    / (COLUMNS_AT_ONCE * 2));
    blocks = (outputRowFloats + blockFloats - 1) / blockFloats;
    long stripRowBytes = (long) Float.BYTES * (inputRowFloats + blocks * blockFloats);
    // Even, since real rows go in pairs.
    stripRows = (int) clamp(resources.heapBytes() / 4 / stripRowBytes, 2, TALLEST_STRIP) / 2 * 2;
  }

  /**
   * @throws InvalidSampleException if a sample is not finite
   */
  void run(RowReader in, RowWriter out) {
    try (Workers workers = new Workers(resources.threads());
        ColumnBlocks before = blocksOf(plan.y().inputLength())) {
      resampleRows(in, before, workers);
      try (ColumnBlocks after = blocksOf(plan.y().outputLength())) {
        resampleColumns(before, after, workers);
        handOut(after, out, workers);
      }
    }
  }

  private ColumnBlocks blocksOf(int rows) {
    long floats = (long) rows * blockFloats;
    // The two intermediate images exist together during the column pass.
    long bytes =
        Float.BYTES
            * ((long) plan.y().inputLength() + plan.y().outputLength())
            * blockFloats
            * blocks;
    return bytes <= resources.heapBytes()
        ? ColumnBlocks.inMemory(blocks, Math.toIntExact(floats))
        : ColumnBlocks.onDisk(resources.scratchFolder(), blocks, floats);
  }

  private void resampleRows(RowReader in, ColumnBlocks blocksOut, Workers workers) {
    int height = plan.y().inputLength();
    float[] strip = new float[stripRows * inputRowFloats];
    float[] turned = new float[blocks * stripRows * blockFloats];
    Supplier<float[]> line = () -> new float[rowKernel.workFloats()];
    int rowsPerLine = 2 / floatsPerPixel;
    for (int first = 0; first < height; first += stripRows) {
      int firstRow = first;
      int rows = Math.min(stripRows, height - first);
      in.read(first, rows, strip);
      workers.forEach(
          (rows + rowsPerLine - 1) / rowsPerLine,
          line,
          (work, number) -> {
            int row = number * rowsPerLine;
            boolean pair = row + rowsPerLine <= rows;
            load(strip, row, pair, work);
            if (!rowKernel.resample(work, 0)) {
              throw notFinite(firstRow + row);
            }
            store(work, row, pair, turned);
          });
      workers.forEach(
          blocks,
          () -> blocksOut,
          (to, block) ->
              to.write(
                  block,
                  (long) firstRow * blockFloats,
                  turned,
                  block * stripRows * blockFloats,
                  rows * blockFloats));
    }
  }

  private void load(float[] strip, int row, boolean whole, float[] work) {
    int at = row * inputRowFloats;
    if (floatsPerPixel == 2) {
      System.arraycopy(strip, at, work, 0, inputRowFloats);
      return;
    }
    for (int x = 0; x < inputRowFloats; x++) {
      work[2 * x] = strip[at + x];
      work[2 * x + 1] = whole ? strip[at + inputRowFloats + x] : 0;
    }
  }

  private void store(float[] work, int row, boolean whole, float[] turned) {
    for (int block = 0; block < blocks; block++) {
      int first = block * blockFloats;
      int floats = Math.min(blockFloats, outputRowFloats - first);
      int to = (block * stripRows + row) * blockFloats;
      if (floatsPerPixel == 2) {
        System.arraycopy(work, first, turned, to, floats);
      } else {
        for (int x = 0; x < floats; x++) {
          turned[to + x] = work[2 * (first + x)];
          if (whole) {
            turned[to + blockFloats + x] = work[2 * (first + x) + 1];
          }
        }
      }
    }
  }

  /** Buffers of one thread of the column pass. */
  private record ColumnBuffers(float[] before, float[] after, float[] lines) {}

  private void resampleColumns(ColumnBlocks from, ColumnBlocks to, Workers workers) {
    int rowsIn = plan.y().inputLength();
    int rowsOut = plan.y().outputLength();
    int lineFloats = columnKernel.workFloats();
    workers.forEach(
        blocks,
        () ->
            new ColumnBuffers(
                new float[rowsIn * blockFloats],
                new float[rowsOut * blockFloats],
                new float[COLUMNS_AT_ONCE * lineFloats]),
        (buffers, block) -> {
          from.read(block, 0, buffers.before, 0, rowsIn * blockFloats);
          for (int first = 0; first < blockFloats; first += 2 * COLUMNS_AT_ONCE) {
            gather(buffers.before, first, rowsIn, buffers.lines, lineFloats);
            for (int c = 0; c < COLUMNS_AT_ONCE; c++) {
              columnKernel.resample(buffers.lines, c * lineFloats);
            }
            scatter(buffers.lines, lineFloats, buffers.after, first, rowsOut);
          }
          to.write(block, 0, buffers.after, 0, rowsOut * blockFloats);
        });
  }

  private void gather(float[] block, int first, int rows, float[] lines, int lineFloats) {
    for (int y = 0; y < rows; y++) {
      int at = y * blockFloats + first;
      for (int c = 0; c < COLUMNS_AT_ONCE; c++) {
        lines[c * lineFloats + 2 * y] = block[at + 2 * c];
        lines[c * lineFloats + 2 * y + 1] = block[at + 2 * c + 1];
      }
    }
  }

  private void scatter(float[] lines, int lineFloats, float[] block, int first, int rows) {
    for (int y = 0; y < rows; y++) {
      int at = y * blockFloats + first;
      for (int c = 0; c < COLUMNS_AT_ONCE; c++) {
        block[at + 2 * c] = lines[c * lineFloats + 2 * y];
        block[at + 2 * c + 1] = lines[c * lineFloats + 2 * y + 1];
      }
    }
  }

  private void handOut(ColumnBlocks from, RowWriter out, Workers workers) {
    int height = plan.y().outputLength();
    float[] strip = new float[stripRows * outputRowFloats];
    Supplier<float[]> piece = () -> new float[stripRows * blockFloats];
    for (int first = 0; first < height; first += stripRows) {
      int firstRow = first;
      int rows = Math.min(stripRows, height - first);
      workers.forEach(
          blocks,
          piece,
          (buffer, block) -> {
            from.read(block, (long) firstRow * blockFloats, buffer, 0, rows * blockFloats);
            int column = block * blockFloats;
            int floats = Math.min(blockFloats, outputRowFloats - column);
            for (int r = 0; r < rows; r++) {
              System.arraycopy(
                  buffer, r * blockFloats, strip, r * outputRowFloats + column, floats);
            }
          });
      out.write(first, rows, strip);
    }
  }

  private InvalidSampleException notFinite(int row) {
    return new InvalidSampleException(
        "Cannot resample the image: row "
            + row
            + (floatsPerPixel == 1 ? " or the next" : "")
            + " holds a sample that is not a finite number, which the Fourier transform would"
            + " spread over the whole row. Replace pixels without data by zeros first.");
  }

  private static long clamp(long value, long least, long most) {
    return Math.max(least, Math.min(most, value));
  }
}
