package org.sardiffusion.evaluation.internal.features;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The Fréchet distance of two normal distributions with the means and covariances of two sets of
 * features (FID; M. Heusel et al., "GANs trained by a two time-scale update rule converge to a
 * local Nash equilibrium", 2017): {@code |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))}.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /**
   * The distance; biased upwards for sets that are not much larger than their dimension.
   *
   * @param a features [N,P]
   * @param b features [M,P]
   * @return at least 0; NaN if a set has fewer than two members
   */
  public static double between(float[][] a, float[][] b) {
    if (a.length < 2 || b.length < 2) {
      return Double.NaN;
    }
    double[] meanA = mean(a);
    double[] meanB = mean(b);
    RealMatrix covarianceA = covariance(a, meanA);
    RealMatrix covarianceB = covariance(b, meanB);
    double distance = covarianceA.getTrace() + covarianceB.getTrace();
    for (int i = 0; i < meanA.length; i++) {
      distance += (meanA[i] - meanB[i]) * (meanA[i] - meanB[i]);
    }
    // C1 C2 and C1^(1/2) C2 C1^(1/2) have the same eigenvalues, and the latter is symmetric.
    RealMatrix root = root(covarianceA);
    RealMatrix product = root.multiply(covarianceB).multiply(root);
    for (double eigenvalue : eigenvalues(product)) {
      distance -= 2 * Math.sqrt(Math.max(0, eigenvalue));
    }
    return Math.max(0, distance);
  }

  private static double[] mean(float[][] features) {
    double[] mean = new double[features[0].length];
    for (float[] row : features) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= features.length;
    }
    return mean;
  }

  /** Divided by n - 1, as {@code numpy.cov}. */
  private static RealMatrix covariance(float[][] features, double[] mean) {
    int p = mean.length;
    double[][] sum = new double[p][p];
    double[] centred = new double[p];
    for (float[] row : features) {
      for (int i = 0; i < p; i++) {
        centred[i] = row[i] - mean[i];
      }
      for (int i = 0; i < p; i++) {
        double[] into = sum[i];
        double ci = centred[i];
        for (int j = 0; j <= i; j++) {
          into[j] += ci * centred[j];
        }
      }
    }
    for (int i = 0; i < p; i++) {
      for (int j = 0; j <= i; j++) {
        sum[i][j] /= features.length - 1;
        sum[j][i] = sum[i][j];
      }
    }
    return new Array2DRowRealMatrix(sum, false);
  }

  private static RealMatrix root(RealMatrix symmetric) {
    EigenDecomposition decomposition = new EigenDecomposition(symmetric);
    RealMatrix v = decomposition.getV();
    RealMatrix scaled = v.copy();
    double[] eigenvalues = decomposition.getRealEigenvalues();
    for (int j = 0; j < eigenvalues.length; j++) {
      double factor = Math.sqrt(Math.max(0, eigenvalues[j]));
      for (int i = 0; i < eigenvalues.length; i++) {
        scaled.multiplyEntry(i, j, factor);
      }
    }
    return scaled.multiply(v.transpose());
  }

  private static double[] eigenvalues(RealMatrix nearlySymmetric) {
    RealMatrix symmetric = nearlySymmetric.add(nearlySymmetric.transpose()).scalarMultiply(0.5);
    return new EigenDecomposition(symmetric).getRealEigenvalues();
  }
}
