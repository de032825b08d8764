package org.sardiffusion.runtime.weights;

/** A change to a matrix, one stored row after the other. */
interface RowEdit {

  /** Loads what the change needs; called once for each pass over the matrix. */
  Rows start();

  /** One pass. */
  interface Rows {
    /** Values in a row. */
    int width();

    /** Rows of the matrix as it was. */
    long before();

    /** Changes the row, which holds what it held, or zeros after the last row that there was. */
    void edit(long row, float[] values);
  }

  /** The change that {@code edit} makes to the matrix as it is stored. */
  static RowEdit of(WeightEdit edit) {
    return edit instanceof WeightEdit.LowRank lowRank
        ? () -> new LowRankRows(lowRank)
        : () -> new ReplacedRows((WeightEdit.Rows) edit);
  }

  /** Replaces and appends rows. */
  final class ReplacedRows implements Rows {
    private final WeightEdit.Rows edit;
    private final float[] vectors;

    private ReplacedRows(WeightEdit.Rows edit) {
      this.edit = edit;
      this.vectors = edit.vectors().toFloats();
    }

    @Override
    public int width() {
      return Math.toIntExact(edit.target().initializer().dims().get(1));
    }

    @Override
    public long before() {
      return edit.target().initializer().dims().get(0);
    }

    @Override
    public void edit(long row, float[] values) {
      long index = row - edit.first();
      if (index >= 0 && index < vectors.length / width()) {
        System.arraycopy(vectors, (int) index * width(), values, 0, width());
      }
    }
  }

  /** Adds left[row] right, where left and right are the factors as the matrix is stored. */
  final class LowRankRows implements Rows {
    private final long rows;
    private final int width;
    private final int rank;
    private final float[] left;
    private final float[] right;

    private LowRankRows(WeightEdit.LowRank edit) {
      ModuleWeight target = edit.target();
      boolean transposed = target.layout() == ModuleWeight.Layout.TRANSPOSED;
      rows = target.initializer().dims().get(0);
      width = Math.toIntExact(target.initializer().elementCount() / Math.max(1, rows));
      rank = edit.factors().stream().mapToInt(WeightEdit.Factors::rank).sum();
      left = new float[Math.multiplyExact(Math.toIntExact(rows), rank)];
      right = new float[Math.multiplyExact(rank, width)];
      int first = 0;
      for (WeightEdit.Factors factors : edit.factors()) {
        float[] up = factors.up().toFloats();
        float[] down = factors.down().toFloats();
        int own = factors.rank();
        for (int k = 0; k < own; k++) {
          for (int row = 0; row < rows; row++) {
            float value = transposed ? down[k * (int) rows + row] : up[row * own + k];
            left[row * rank + first + k] = (float) (value * factors.scale());
          }
          for (int column = 0; column < width; column++) {
            right[(first + k) * width + column] =
                transposed ? up[column * own + k] : down[k * width + column];
          }
        }
        first += own;
      }
    }

    @Override
    public int width() {
      return width;
    }

    @Override
    public long before() {
      return rows;
    }

    @Override
    public void edit(long row, float[] values) {
      for (int k = 0; k < rank; k++) {
        float factor = left[(int) row * rank + k];
        int start = k * width;
        // A plain loop over both arrays is what the compiler turns into vector instructions.
        for (int column = 0; column < width; column++) {
          values[column] += factor * right[start + column];
        }
      }
    }
  }
}
