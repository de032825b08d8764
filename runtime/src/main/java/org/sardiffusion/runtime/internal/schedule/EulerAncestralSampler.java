package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Ancestral sampling with Euler steps: down to less noise than asked for, then noise is added, so
 * that sigma_down^2 + sigma_up^2 is the next noise level's square (Song et al., arXiv 2011.13456,
 * section 3 and appendix F, in k-diffusion's form). Diffusers: {@code
 * scheduling_euler_ancestral_discrete.py}.
 */
final class EulerAncestralSampler extends Sampler {
  private final float[] sigmas;
  private final PredictionType prediction;
  private final float[] fresh;

  EulerAncestralSampler(SigmaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    sigmas = schedule.sigmas;
    prediction = PredictionType.of(schedule.options());
    fresh = new float[shape.length()];
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    float sigma = sigmas[index];
    float next = sigmas[index + 1];
    float up = (float) Math.sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma));
    // Rounding may leave a little less than nothing where sigma falls a thousandfold in one step.
    float down = (float) Math.sqrt(Math.max(next * next - up * up, 0));
    float dt = down - sigma;
    prediction.denoise(model, x, sigma);
    noise.fill(fresh);
    for (int j = 0; j < x.length; j++) {
      float derivative = (x[j] - model[j]) / sigma;
      x[j] = x[j] + derivative * dt + fresh[j] * up;
    }
  }
}
