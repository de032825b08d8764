package org.sardiffusion.geo.raster;

/**
 * One axis of a lattice that is laid over an image: where its nodes lie.
 *
 * @param positions from the edge of the image's first pixel, pixels, growing; at least two
 */
public record LatticeAxis(double[] positions) {
  /**
   * @throws IllegalArgumentException if there are fewer than two positions, or they do not grow
   */
  public LatticeAxis {
    if (positions.length < 2) {
      throw new IllegalArgumentException("A lattice has at least two nodes along each axis");
    }
    for (int i = 0; i + 1 < positions.length; i++) {
      if (!(positions[i + 1] > positions[i])) {
        throw new IllegalArgumentException("The positions of a lattice increase");
      }
    }
  }

  /** How many nodes. */
  public int size() {
    return positions.length;
  }

  /** The cell that a position lies in or next to: the index of its first node. */
  public int cell(double position) {
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
  public double weight(int cell, double position) {
    return (position - positions[cell]) / step(cell);
  }

  /** The length of a cell, pixels. */
  public double step(int cell) {
    return positions[cell + 1] - positions[cell];
  }

  /** Whether a position lies on the axis, or less than half a cell off its ends. */
  public boolean reaches(double position) {
    double weight = weight(cell(position), position);
    return weight >= -0.5 && weight <= 1.5;
  }

  /**
   * The same nodes over an image of other pixels: position p becomes {@code scale * p + offset}.
   *
   * @param scale not 0; below 0 for an image that is turned around
   */
  LatticeAxis mapped(double scale, double offset) {
    double[] mapped = new double[positions.length];
    for (int i = 0; i < mapped.length; i++) {
      mapped[scale > 0 ? i : mapped.length - 1 - i] = scale * positions[i] + offset;
    }
    return new LatticeAxis(mapped);
  }
}
