package org.sardiffusion.evaluation.internal.learn;

import java.util.List;

/**
 * Takes the mean off each feature and divides by its standard deviation; a feature that never
 * changes becomes 0.
 *
 * @param mean of each feature
 * @param deviation of each feature, divided by n
 */
record Standardisation(double[] mean, double[] deviation) {
  static Standardisation of(List<double[]> rows) {
    int features = rows.get(0).length;
    double[] mean = new double[features];
    double[] deviation = new double[features];
    for (double[] row : rows) {
      for (int f = 0; f < features; f++) {
        mean[f] += row[f] / rows.size();
      }
    }
    for (double[] row : rows) {
      for (int f = 0; f < features; f++) {
        deviation[f] += (row[f] - mean[f]) * (row[f] - mean[f]) / rows.size();
      }
    }
    for (int f = 0; f < features; f++) {
      deviation[f] = Math.sqrt(deviation[f]);
    }
    return new Standardisation(mean, deviation);
  }

  double[] of(double[] row) {
    double[] standard = new double[row.length];
    for (int f = 0; f < row.length; f++) {
      standard[f] = deviation[f] > 0 ? (row[f] - mean[f]) / deviation[f] : 0;
    }
    return standard;
  }
}
