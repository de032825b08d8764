package org.sardiffusion.pipelines.internal.map;

import java.util.Arrays;
import java.util.List;

/** Where the outline of a region crosses the centre lines of a scene's rows of cells. */
final class Crossings {
  private final int firstRow;
  private final int[] starts;
  private final double[] positions;

  private Crossings(int firstRow, int[] starts, double[] positions) {
    this.firstRow = firstRow;
    this.starts = starts;
    this.positions = positions;
  }

  /**
   * @param rings x and y in turn, in cells; each is closed by its last and first point
   * @param centres of the rows of the scene
   */
  static Crossings of(List<double[]> rings, CellCentres centres) {
    int rows = centres.count();
    int[] counts = new int[rows];
    forEachEdge(
        rings,
        centres,
        (edge, from, to) -> {
          for (int row = from; row < to; row++) {
            counts[row]++;
          }
        });
    int first = 0;
    while (first < rows && counts[first] == 0) {
      first++;
    }
    int end = rows;
    while (end > first && counts[end - 1] == 0) {
      end--;
    }
    int[] starts = new int[end - first + 1];
    for (int row = first; row < end; row++) {
      starts[row - first + 1] = Math.addExact(starts[row - first], counts[row]);
    }
    Crossings crossings = new Crossings(first, starts, new double[starts[starts.length - 1]]);
    crossings.collect(rings, centres);
    return crossings;
  }

  private void collect(List<double[]> rings, CellCentres centres) {
    int[] next = starts.clone();
    forEachEdge(
        rings,
        centres,
        (edge, from, to) -> {
          for (int row = from; row < to; row++) {
            positions[next[row - firstRow]++] = edge.xAt(centres.of(row));
          }
        });
    for (int i = 0; i + 1 < starts.length; i++) {
      Arrays.sort(positions, starts[i], starts[i + 1]);
    }
  }

  /** The first row that is crossed. */
  int firstRow() {
    return firstRow;
  }

  /** The row after the last that is crossed. */
  int endRow() {
    return firstRow + starts.length - 1;
  }

  /** Positions along a row, ascending, an even number of them: inside lies between pairs. */
  double[] in(int row) {
    return Arrays.copyOfRange(positions, starts[row - firstRow], starts[row - firstRow + 1]);
  }

  private interface EdgeVisitor {
    void visit(Edge edge, int fromRow, int toRow);
  }

  /** A line between two points, the upper first: so the borders of neighbours are the same. */
  private record Edge(double x0, double y0, double x1, double y1) {
    static Edge between(double xa, double ya, double xb, double yb) {
      return ya <= yb ? new Edge(xa, ya, xb, yb) : new Edge(xb, yb, xa, ya);
    }

    double xAt(double y) {
      return x0 + (y - y0) * ((x1 - x0) / (y1 - y0));
    }
  }

  private static void forEachEdge(List<double[]> rings, CellCentres centres, EdgeVisitor visitor) {
    for (double[] ring : rings) {
      for (int i = 0; i < ring.length; i += 2) {
        int j = (i + 2) % ring.length;
        Edge edge = Edge.between(ring[i], ring[i + 1], ring[j], ring[j + 1]);
        int from = centres.firstFrom(edge.y0);
        int to = centres.firstFrom(edge.y1);
        if (from < to) {
          visitor.visit(edge, from, to);
        }
      }
    }
  }
}
