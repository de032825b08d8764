package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Euler's method on the probability flow ODE: Karras et al., arXiv 2206.00364, algorithm 2 with no
 * churn and no correction. Diffusers: {@code scheduling_euler_discrete.py}.
 */
final class EulerSampler extends Sampler {
  private final float[] sigmas;
  private final PredictionType prediction;

  EulerSampler(SigmaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    sigmas = schedule.sigmas;
    prediction = PredictionType.of(schedule.options());
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    float sigma = sigmas[index];
    float dt = sigmas[index + 1] - sigma;
    prediction.denoise(model, x, sigma);
    for (int j = 0; j < x.length; j++) {
      float derivative = (x[j] - model[j]) / sigma;
      x[j] += derivative * dt;
    }
  }
}
