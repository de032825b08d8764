package org.sardiffusion.evaluation.texture;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A fair sample of rows that arrive one by one (J. S. Vitter, "Random sampling with a reservoir",
 * 1985, algorithm R); the same rows in the same order give the same sample.
 */
final class Reservoir {
  private static final long SEED = 0x5A4D11;

  private final int capacity;
  private final List<double[]> rows = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(SEED);
  private long seen;

  Reservoir(int capacity) {
    this.capacity = capacity;
  }

  void add(double[] row) {
    seen++;
    if (rows.size() < capacity) {
      rows.add(row);
    } else {
      long place = random.nextLong(seen);
      if (place < capacity) {
        rows.set((int) place, row);
      }
    }
  }

  long seen() {
    return seen;
  }

  /** One column of the sample, ascending. */
  double[] sorted(int column) {
    return rows.stream().mapToDouble(row -> row[column]).sorted().toArray();
  }
}
