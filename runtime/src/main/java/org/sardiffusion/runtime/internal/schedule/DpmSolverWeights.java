package org.sardiffusion.runtime.internal.schedule;

/**
 * What a step of DPM-Solver weighs its terms by: Lu et al., arXiv 2206.00927 and arXiv 2211.01095,
 * grouped as diffusers groups them ({@code scheduling_dpmsolver_multistep.py}).
 *
 * @param sample the exact decay of the sample
 * @param zeroth the integral's weight of D0
 * @param midpoint that of D1 by the midpoint rule
 * @param first that of D1 by Heun's rule, and of D1 in the third order
 * @param second that of D2
 * @param noise the deviation of the fresh noise
 */
record DpmSolverWeights(
    float sample, float zeroth, float midpoint, float first, float second, float noise) {

  /** The weights of the step between two noise levels. */
  static DpmSolverWeights of(DpmSolverAlgorithm algorithm, NoiseLevel from, NoiseLevel to) {
    float h = to.lambda() - from.lambda();
    if (algorithm == DpmSolverAlgorithm.DPM_SOLVER_PP) {
      float decay = exp(-h) - 1;
      return new DpmSolverWeights(
          to.sigma() / from.sigma(),
          -(to.alpha() * decay),
          -(0.5f * (to.alpha() * decay)),
          to.alpha() * (decay / h + 1),
          -(to.alpha() * ((decay + h) / (h * h) - 0.5f)),
          0);
    }
    if (algorithm == DpmSolverAlgorithm.SDE_DPM_SOLVER_PP) {
      float gain = 1 - exp(-2 * h);
      return new DpmSolverWeights(
          to.sigma() / from.sigma() * exp(-h),
          to.alpha() * gain,
          0.5f * (to.alpha() * gain),
          to.alpha() * (gain / (-2 * h) + 1),
          to.alpha() * ((gain - 2 * h) / ((2 * h) * (2 * h)) - 0.5f),
          to.sigma() * (float) Math.sqrt(gain));
    }
    float growth = exp(h) - 1;
    float twice = algorithm.isStochastic() ? 2 : 1;
    return new DpmSolverWeights(
        to.alpha() / from.alpha(),
        -(twice * (to.sigma() * growth)),
        -(twice / 2 * (to.sigma() * growth)),
        -(twice * (to.sigma() * (growth / h - 1))),
        -(to.sigma() * ((growth - h) / (h * h) - 0.5f)),
        to.sigma() * (float) Math.sqrt(exp(2 * h) - 1));
  }

  private static float exp(float x) {
    return (float) Math.exp(x);
  }
}
