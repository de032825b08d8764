package org.sardiffusion.evaluation.texture;

import java.util.Arrays;

/**
 * A grey-level co-occurrence matrix that remembers which of its cells are in use: a patch of 64 x
 * 64 pixels fills at most 4096 of 65536 cells, and only those are cleared and summed.
 */
public final class CooccurrenceMatrix {
  private final int levels;
  private final int[] counts;
  private int[] used = new int[4096];
  private int usedCells;
  private long total;

  /**
   * @param levels grey levels, 2 to 256
   */
  public CooccurrenceMatrix(int levels) {
    this.levels = levels;
    this.counts = new int[levels * levels];
  }

  /** Forgets all pairs. */
  public void clear() {
    for (int k = 0; k < usedCells; k++) {
      counts[used[k]] = 0;
    }
    usedCells = 0;
    total = 0;
  }

  /**
   * Counts every pair that lies inside a patch.
   *
   * @param patch of {@code image}
   */
  public void add(GreyImage image, Patch patch, Offset offset) {
    short[] grey = image.levels();
    int width = image.width();
    int step = offset.dy() * width + offset.dx();
    int firstRow = patch.y() + Math.max(0, -offset.dy());
    int rowsEnd = patch.y() + patch.side() - Math.max(0, offset.dy());
    int firstColumn = patch.x() + Math.max(0, -offset.dx());
    int columnsEnd = patch.x() + patch.side() - Math.max(0, offset.dx());
    for (int y = firstRow; y < rowsEnd; y++) {
      for (int i = y * width + firstColumn; i < y * width + columnsEnd; i++) {
        count(grey[i] * levels + grey[i + step]);
      }
    }
  }

  /** Counts every pair also the other way round. */
  public void makeSymmetric() {
    int cells = usedCells;
    int[] before = new int[cells];
    for (int k = 0; k < cells; k++) {
      before[k] = counts[used[k]];
    }
    for (int k = 0; k < cells; k++) {
      int mirrored = used[k] % levels * levels + used[k] / levels;
      add(mirrored, before[k]);
    }
  }

  private void count(int cell) {
    if (counts[cell]++ == 0) {
      use(cell);
    }
    total++;
  }

  private void add(int cell, int pairs) {
    if (counts[cell] == 0) {
      use(cell);
    }
    counts[cell] += pairs;
    total += pairs;
  }

  private void use(int cell) {
    if (usedCells == used.length) {
      used = Arrays.copyOf(used, 2 * usedCells);
    }
    used[usedCells++] = cell;
  }

  /** How often level {@code j} stood at the offset from level {@code i}. */
  public int count(int i, int j) {
    return counts[i * levels + j];
  }

  /**
   * Writes the features, in the order of {@link TextureFeature}; all 0 but the correlation, which
   * is 1, if there was no pair.
   */
  public void features(double[] into) {
    double meanI = 0;
    double meanJ = 0;
    double contrast = 0;
    double homogeneity = 0;
    double squares = 0;
    double logs = 0;
    for (int k = 0; k < usedCells; k++) {
      int i = used[k] / levels;
      int j = used[k] % levels;
      double n = counts[used[k]];
      int d = i - j;
      meanI += n * i;
      meanJ += n * j;
      contrast += n * d * d;
      homogeneity += n / (1 + d * d);
      squares += n * n;
      if (n > 1) {
        logs += n * Math.log(n);
      }
    }
    double all = Math.max(1, total);
    meanI /= all;
    meanJ /= all;
    into[TextureFeature.CONTRAST.ordinal()] = contrast / all;
    into[TextureFeature.HOMOGENEITY.ordinal()] = homogeneity / all;
    into[TextureFeature.CORRELATION.ordinal()] = correlation(meanI, meanJ);
    // -sum n/N ln(n/N) = ln N - sum n ln n / N, which spares the logarithm of single pairs.
    into[TextureFeature.ENTROPY.ordinal()] = Math.log(all) - logs / all;
    into[TextureFeature.ENERGY.ordinal()] = Math.sqrt(squares) / all;
  }

  private double correlation(double meanI, double meanJ) {
    double covariance = 0;
    double varianceI = 0;
    double varianceJ = 0;
    for (int k = 0; k < usedCells; k++) {
      double n = counts[used[k]];
      double di = used[k] / levels - meanI;
      double dj = used[k] % levels - meanJ;
      covariance += n * di * dj;
      varianceI += n * di * di;
      varianceJ += n * dj * dj;
    }
    double deviation = Math.sqrt(varianceI * varianceJ);
    return deviation / Math.max(1, total) < 1e-15 ? 1 : covariance / deviation;
  }
}
