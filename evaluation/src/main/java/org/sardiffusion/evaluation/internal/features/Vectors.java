package org.sardiffusion.evaluation.internal.features;

/** The few operations on embeddings that are needed everywhere. */
public final class Vectors {
  private Vectors() {}

  /** A vector of length 1 in the same direction; zeros stay zeros. */
  public static float[] unit(float[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length && length > 0; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  /** The scalar product, summed in double precision. */
  public static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** The squared Euclidean distance. */
  static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) a[i] - b[i];
      sum += d * d;
    }
    return sum;
  }
}
