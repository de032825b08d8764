package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;

/** Small systems of linear equations in float32, the precision that torch solves UniPC's in. */
final class LinearSystem {
  private LinearSystem() {}

  /**
   * Gaussian elimination with partial pivoting.
   *
   * @param matrix n rows of n; overwritten
   * @param right at least n values
   */
  static float[] solve(float[][] matrix, float[] right) {
    int n = matrix.length;
    float[] x = Arrays.copyOf(right, n);
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int row = column + 1; row < n; row++) {
        if (Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column])) {
          pivot = row;
        }
      }
      swap(matrix, x, column, pivot);
      for (int row = column + 1; row < n; row++) {
        float factor = matrix[row][column] / matrix[column][column];
        for (int k = column + 1; k < n; k++) {
          matrix[row][k] -= factor * matrix[column][k];
        }
        x[row] -= factor * x[column];
      }
    }
    for (int row = n - 1; row >= 0; row--) {
      for (int k = row + 1; k < n; k++) {
        x[row] -= matrix[row][k] * x[k];
      }
      x[row] /= matrix[row][row];
    }
    return x;
  }

  private static void swap(float[][] matrix, float[] x, int a, int b) {
    float[] row = matrix[a];
    matrix[a] = matrix[b];
    matrix[b] = row;
    float value = x[a];
    x[a] = x[b];
    x[b] = value;
  }
}
