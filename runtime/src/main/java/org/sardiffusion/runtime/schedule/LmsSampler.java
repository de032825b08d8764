package org.sardiffusion.runtime.schedule;

/**
 * Linear multistep (Adams-Bashforth on uneven steps) of order 4 in sigma: the last derivatives are
 * interpolated by a polynomial, which is integrated over the step (Hairer, Norsett and Wanner,
 * "Solving Ordinary Differential Equations I", section III.5; k-diffusion's {@code sample_lms}).
 * Diffusers: {@code scheduling_lms_discrete.py}.
 */
final class LmsSampler extends SigmaSampler {
  private static final int ORDER = 4;

  private final History derivatives;

  LmsSampler(Options options, SigmaGrid grid, LatentShape shape) {
    super(options, grid, shape);
    derivatives = new History(ORDER, shape.length());
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    float sigma = sigmas[index];
    prediction.denoise(model, x, sigma);
    for (int j = 0; j < x.length; j++) {
      model[j] = (x[j] - model[j]) / sigma;
    }
    derivatives.push(model);
    int order = Math.min(index + 1, ORDER);
    // From here on the prediction's array holds the weighted sum of derivatives.
    for (int k = 0; k < Math.min(order, derivatives.size()); k++) {
      float weight = (float) weight(index, order, k);
      float[] derivative = derivatives.back(k);
      for (int j = 0; j < x.length; j++) {
        model[j] = (k == 0 ? 0 : model[j]) + weight * derivative[j];
      }
    }
    for (int j = 0; j < x.length; j++) {
      x[j] += model[j];
    }
  }

  /**
   * The integral over the step of the k-th Lagrange polynomial. It is of degree 3 at most, for
   * which Gauss and Legendre's rule with two nodes is exact.
   */
  private double weight(int index, int order, int k) {
    double middle = ((double) sigmas[index] + sigmas[index + 1]) / 2;
    double half = ((double) sigmas[index + 1] - sigmas[index]) / 2;
    double node = half / Math.sqrt(3);
    return half
        * (lagrange(index, order, k, middle - node) + lagrange(index, order, k, middle + node));
  }

  private double lagrange(int index, int order, int k, double sigma) {
    double product = 1;
    for (int other = 0; other < order; other++) {
      if (other != k) {
        product *=
            (sigma - sigmas[index - other]) / ((double) sigmas[index - k] - sigmas[index - other]);
      }
    }
    return product;
  }
}
