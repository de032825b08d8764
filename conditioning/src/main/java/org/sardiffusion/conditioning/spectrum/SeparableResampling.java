package org.sardiffusion.conditioning.spectrum;

import java.util.Arrays;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.conditioning.fourier.Lanes;

/**
 * Resamples an image of any size along both axes.
 *
 * <p>The row pass reads strips of rows, transforms them and leaves the bins that are kept in {@link
 * ColumnBlocks}; the column pass resamples one block after the other; the last pass transforms the
 * rows back and hands them to the sink. So the image between has no more columns than the smaller
 * of the two images. A pixel has two floats (complex) or one (amplitude).
 */
final class SeparableResampling {
  /** Where the rows of an image come from, {@code floatsPerPixel} floats for a pixel. */
  interface RowReader {
    void read(int firstRow, int rows, float[] into);

    /**
     * Some rows, copied or where they are.
     *
     * @param buffer an array that can be used for as many rows
     */
    default Strip strip(int firstRow, int rows, float[] buffer) {
      read(firstRow, rows, buffer);
      return new Strip(buffer, 0);
    }
  }

  /** Where the rows of an image go, {@code floatsPerPixel} floats for a pixel. */
  interface RowWriter {
    void write(int firstRow, int rows, float[] from);

    /**
     * Where rows may be made before they are written.
     *
     * @param buffer an array that can be used for as many rows
     */
    default Strip strip(int firstRow, int rows, float[] buffer) {
      return new Strip(buffer, 0);
    }
  }

  /** An image in memory: its rows are used where they are. */
  record InMemory(float[] samples, int rowFloats) implements RowReader, RowWriter {
    @Override
    public void read(int firstRow, int rows, float[] into) {
      System.arraycopy(samples, firstRow * rowFloats, into, 0, rows * rowFloats);
    }

    @Override
    public void write(int firstRow, int rows, float[] from) {
      if (from != samples) {
        System.arraycopy(from, 0, samples, firstRow * rowFloats, rows * rowFloats);
      }
    }

    @Override
    public Strip strip(int firstRow, int rows, float[] buffer) {
      return new Strip(samples, firstRow * rowFloats);
    }
  }

  private final RasterPlan plan;
  private final int floatsPerPixel;
  private final AxisKernel columnKernel;
  private final RowForm form;
  private final Resources resources;
  private final int blocks;
  private final int threads;

  SeparableResampling(
      RasterPlan plan, int floatsPerPixel, SpectralCentroid centroid, ResamplingSettings settings) {
    this.plan = plan;
    this.floatsPerPixel = floatsPerPixel;
    AxisKernel rowKernel = new AxisKernel(plan.x(), centroid.x(), settings);
    columnKernel = new AxisKernel(plan.y(), centroid.y(), settings);
    resources = settings.resources();
    if (rowKernel.identity()) {
      form = new PlainRows(plan.width() * floatsPerPixel);
    } else {
      form = floatsPerPixel == 2 ? new ComplexRows(rowKernel) : new RealRows(rowKernel);
    }
    blocks = (form.columns() + Lanes.COUNT - 1) / Lanes.COUNT;
    threads =
        (int) Math.max(1, Math.min(resources.threads(), resources.heapBytes() / 2 / threadBytes()));
  }

  /** What a thread needs in the pass that needs most, so that fewer of them run in less memory. */
  private long threadBytes() {
    long stripFloats =
        (long) form.rows() * floatsPerPixel * Math.max(plan.x().inputLength(), plan.width());
    long vectors =
        Math.max(
            Math.max(form.analysisVectors(), form.synthesisVectors()),
            (long) columnKernel.analysisVectors() + columnKernel.synthesisVectors());
    return Float.BYTES * (2 * stripFloats + vectors * Lanes.FLOATS);
  }

  /**
   * @throws InvalidSampleException if a sample is not finite
   */
  void run(RowReader in, RowWriter out) {
    try (Workers workers = new Workers(threads);
        ColumnBlocks before = blocksOf(plan.y().inputLength())) {
      analyseRows(in, before, workers);
      if (columnKernel.identity()) {
        synthesiseRows(before, out, workers);
        return;
      }
      try (ColumnBlocks after = blocksOf(plan.y().outputLength())) {
        resampleColumns(before, after, workers);
        synthesiseRows(after, out, workers);
      }
    }
  }

  private ColumnBlocks blocksOf(int rows) {
    // The two intermediate images exist together during the column pass.
    long bytes =
        (long) Float.BYTES
            * Lanes.FLOATS
            * blocks
            * ((long) plan.y().inputLength() + plan.y().outputLength());
    return bytes <= resources.heapBytes()
        ? ColumnBlocks.inMemory(blocks, Math.multiplyExact(rows, Lanes.FLOATS))
        : ColumnBlocks.onDisk(resources.scratchFolder(), blocks, (long) rows * Lanes.FLOATS);
  }

  /** Some rows on their way between the calling thread and a task. */
  private static final class Slot {
    final float[] buffer;
    Strip strip;

    Slot(float[] buffer) {
      this.buffer = buffer;
      strip = new Strip(buffer, 0);
    }
  }

  /** Buffers of one thread of a row pass. */
  private record RowBuffers(float[][] vectors, float[] tile) {}

  private RowBuffers rowBuffers(int vectors) {
    return new RowBuffers(Lanes.allocate(vectors), new float[form.rows() * Lanes.FLOATS]);
  }

  private void analyseRows(RowReader in, ColumnBlocks to, Workers workers) {
    int height = plan.y().inputLength();
    int rowFloats = plan.x().inputLength() * floatsPerPixel;
    workers.inOrder(
        (height + form.rows() - 1) / form.rows(),
        () -> new Slot(new float[form.rows() * rowFloats]),
        () -> rowBuffers(form.analysisVectors()),
        new Workers.Step<Slot, RowBuffers>() {
          @Override
          public void before(Slot slot, int number) {
            int first = number * form.rows();
            int rows = Math.min(form.rows(), height - first);
            if (rows == form.rows()) {
              slot.strip = in.strip(first, rows, slot.buffer);
            } else {
              in.read(first, rows, slot.buffer);
              Arrays.fill(slot.buffer, rows * rowFloats, slot.buffer.length, 0);
              slot.strip = new Strip(slot.buffer, 0);
            }
          }

          @Override
          public void run(Slot slot, RowBuffers buffers, int number) {
            int first = number * form.rows();
            int rows = Math.min(form.rows(), height - first);
            if (!form.analyse(slot.strip, buffers.vectors)) {
              throw notFinite(slot.strip, first, rowFloats);
            }
            for (int block = 0; block < blocks; block++) {
              form.toTile(slot.strip, buffers.vectors, block, buffers.tile);
              to.write(block, (long) first * Lanes.FLOATS, buffers.tile, 0, rows * Lanes.FLOATS);
            }
          }

          @Override
          public void after(Slot slot, int number) {
            // The result lies in the blocks.
          }
        });
  }

  /** Buffers of one thread of the column pass. */
  private record ColumnBuffers(float[][] before, float[][] after, float[] rows) {}

  private void resampleColumns(ColumnBlocks from, ColumnBlocks to, Workers workers) {
    workers.forEach(
        blocks,
        () ->
            new ColumnBuffers(
                Lanes.allocate(columnKernel.analysisVectors()),
                Lanes.allocate(columnKernel.synthesisVectors()),
                new float[Lanes.COUNT * Lanes.FLOATS]),
        (buffers, block) -> {
          float[] rows = buffers.rows;
          int rowsIn = plan.y().inputLength();
          for (int first = 0; first < rowsIn; first += Lanes.COUNT) {
            int count = Math.min(Lanes.COUNT, rowsIn - first);
            from.read(block, (long) first * Lanes.FLOATS, rows, 0, count * Lanes.FLOATS);
            for (int r = 0; r < count; r++) {
              float[] sample = buffers.before[columnKernel.input(first + r)];
              System.arraycopy(rows, r * Lanes.FLOATS, sample, 0, Lanes.FLOATS);
            }
          }
          columnKernel.analyse(buffers.before);
          for (int bin = 0; bin < columnKernel.bins(); bin++) {
            Lanes.scale(
                buffers.before[columnKernel.analysed(bin)],
                columnKernel.weight(bin),
                buffers.after[columnKernel.synthesised(bin)]);
          }
          columnKernel.synthesise(buffers.after);
          int rowsOut = plan.y().outputLength();
          for (int first = 0; first < rowsOut; first += Lanes.COUNT) {
            int count = Math.min(Lanes.COUNT, rowsOut - first);
            for (int r = 0; r < count; r++) {
              float[] sample = buffers.after[columnKernel.output(first + r)];
              System.arraycopy(sample, 0, rows, r * Lanes.FLOATS, Lanes.FLOATS);
            }
            to.write(block, (long) first * Lanes.FLOATS, rows, 0, count * Lanes.FLOATS);
          }
        });
  }

  private void synthesiseRows(ColumnBlocks from, RowWriter out, Workers workers) {
    int height = plan.y().outputLength();
    int rowFloats = plan.x().outputLength() * floatsPerPixel;
    workers.inOrder(
        (height + form.rows() - 1) / form.rows(),
        () -> new Slot(new float[form.rows() * rowFloats]),
        () -> rowBuffers(form.synthesisVectors()),
        new Workers.Step<Slot, RowBuffers>() {
          @Override
          public void before(Slot slot, int number) {
            int first = number * form.rows();
            slot.strip =
                first + form.rows() <= height
                    ? out.strip(first, form.rows(), slot.buffer)
                    : new Strip(slot.buffer, 0);
          }

          @Override
          public void run(Slot slot, RowBuffers buffers, int number) {
            int first = number * form.rows();
            int rows = Math.min(form.rows(), height - first);
            for (int block = 0; block < blocks; block++) {
              from.read(block, (long) first * Lanes.FLOATS, buffers.tile, 0, rows * Lanes.FLOATS);
              form.fromTile(buffers.tile, block, buffers.vectors, slot.strip);
            }
            form.synthesise(buffers.vectors, slot.strip);
          }

          @Override
          public void after(Slot slot, int number) {
            int first = number * form.rows();
            out.write(first, Math.min(form.rows(), height - first), slot.strip.floats());
          }
        });
  }

  private InvalidSampleException notFinite(Strip strip, int firstRow, int rowFloats) {
    int count = form.rows() * rowFloats;
    int at = 0;
    while (at < count && Float.isFinite(strip.floats()[strip.at() + at])) {
      at++;
    }
    return new InvalidSampleException(
        at < count
            ? "Cannot resample the image: row "
                + (firstRow + at / rowFloats)
                + " holds a sample that is not a finite number, which the Fourier transform would"
                + " spread over the whole row. Replace pixels without data by zeros first."
            : "Cannot resample the image: the sum of a row near row "
                + firstRow
                + " is beyond the range of single precision. Divide the samples by their mean"
                + " first.");
  }
}
