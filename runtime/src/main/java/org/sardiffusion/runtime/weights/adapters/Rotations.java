package org.sardiffusion.runtime.weights.adapters;

/** Cayley's map from skew-symmetric matrices to rotations, block by block. */
final class Rotations {
  private Rotations() {}

  /**
   * R = (I + Q) (I - Q)^-1 with Q = A - A'.
   *
   * @param blocks [n, size, size]
   * @param constraint the largest norm of all Q together; 0 for none
   * @return [n, size, size]
   */
  static float[] of(float[] blocks, int size, double constraint) {
    double[] q = new double[blocks.length];
    double sum = 0;
    for (int i = 0; i < blocks.length; i++) {
      int row = i / size % size;
      int column = i % size;
      q[i] = blocks[i] - blocks[i - row * size - column + column * size + row];
      sum += q[i] * q[i];
    }
    double norm = Math.sqrt(sum) + 1e-8;
    double factor = constraint > 0 && norm > constraint ? constraint / norm : 1;
    float[] rotations = new float[blocks.length];
    for (int start = 0; start < q.length; start += size * size) {
      // R (I - Q) = I + Q, so (I - Q)' R' = (I + Q)': with Q' = -Q, (I + Q) R' = I - Q.
      double[][] left = new double[size][size];
      double[][] right = new double[size][size];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          double value = factor * q[start + i * size + j];
          left[i][j] = (i == j ? 1 : 0) + value;
          right[i][j] = (i == j ? 1 : 0) - value;
        }
      }
      solve(left, right);
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          rotations[start + j * size + i] = (float) right[i][j];
        }
      }
    }
    return rotations;
  }

  /**
   * Gauss-Jordan elimination; I + Q has a symmetric part of I, so that no pivot is needed.
   *
   * @param right becomes left^-1 right
   */
  private static void solve(double[][] left, double[][] right) {
    int size = left.length;
    for (int pivot = 0; pivot < size; pivot++) {
      double inverse = 1 / left[pivot][pivot];
      for (int j = 0; j < size; j++) {
        left[pivot][j] *= inverse;
        right[pivot][j] *= inverse;
      }
      for (int row = 0; row < size; row++) {
        double by = left[row][pivot];
        if (row != pivot && by != 0) {
          for (int j = 0; j < size; j++) {
            left[row][j] -= by * left[pivot][j];
            right[row][j] -= by * right[pivot][j];
          }
        }
      }
    }
  }
}
