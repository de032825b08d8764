package org.sardiffusion.geo.terrasarx;

/**
 * One axis of the GEOREF grid: where its nodes lie, in pixels and in time.
 *
 * @param positions in the image in sensor order, from the edge of its first pixel, growing
 * @param times in seconds, growing
 */
record GridAxis(double[] positions, double[] times) {
  int size() {
    return positions.length;
  }

  /** The cell that a position lies in or next to: the index of its first node. */
  int cell(double position) {
    int low = 0;
    int high = positions.length - 2;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (positions[middle] <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** How far a position lies into a cell: 0 at its first node, 1 at its second. */
  double weight(int cell, double position) {
    return (position - positions[cell]) / step(cell);
  }

  double step(int cell) {
    return positions[cell + 1] - positions[cell];
  }

  /** The time at a position. */
  double time(double position) {
    int cell = cell(position);
    return times[cell] + weight(cell, position) * (times[cell + 1] - times[cell]);
  }

  /** Whether a position lies on the axis, or less than half a cell off its ends. */
  boolean reaches(double position) {
    double weight = weight(cell(position), position);
    return weight >= -0.5 && weight <= 1.5;
  }
}
