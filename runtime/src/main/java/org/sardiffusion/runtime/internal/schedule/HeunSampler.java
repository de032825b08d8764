package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;
import java.util.List;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Heun's second-order method: Karras et al., arXiv 2206.00364, algorithm 2 with no churn. Each step
 * but the last evaluates the model twice, at its start and at the end that Euler's method foresees.
 * Diffusers: {@code scheduling_heun_discrete.py}.
 */
final class HeunSampler extends Sampler {
  private final float[] sigmas;
  private final PredictionType prediction;
  private final SampleClipping bound;
  private final float[] start;
  private final float[] derivative;
  private boolean foreseen;

  HeunSampler(SigmaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    sigmas = schedule.sigmas;
    prediction = PredictionType.of(schedule.options());
    bound = SampleClipping.of(schedule.options(), shape);
    start = new float[shape.length()];
    derivative = new float[shape.length()];
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    float sigma = sigmas[index];
    prediction.denoise(model, x, sigma);
    bound.apply(model);
    if (!foreseen) {
      float dt = sigmas[index + 1] - sigma;
      for (int j = 0; j < x.length; j++) {
        start[j] = x[j];
        derivative[j] = (x[j] - model[j]) / sigma;
        x[j] += derivative[j] * dt;
      }
    } else {
      float dt = sigma - sigmas[index - 1];
      for (int j = 0; j < x.length; j++) {
        float mean = (derivative[j] + (x[j] - model[j]) / sigma) / 2;
        x[j] = start[j] + mean * dt;
      }
    }
    foreseen = !foreseen;
  }

  @Override
  SamplerState memory() {
    return foreseen
        ? new SamplerState(List.of(1), List.of(start.clone(), derivative.clone()))
        : new SamplerState(List.of(0), List.of());
  }

  @Override
  void remember(SamplerState memory) {
    foreseen = memory.counters().get(0) == 1;
    if (foreseen) {
      System.arraycopy(memory.arrays().get(0), 0, start, 0, start.length);
      System.arraycopy(memory.arrays().get(1), 0, derivative, 0, derivative.length);
    }
  }

  /** Every level but the first and the last is visited twice. */
  static SigmaGrid twiceInside(SigmaGrid grid) {
    double[] timesteps = new double[2 * grid.size() - 1];
    float[] sigmas = new float[2 * grid.size()];
    Arrays.setAll(timesteps, i -> grid.timesteps()[(i + 1) / 2]);
    for (int i = 0; i < sigmas.length; i++) {
      sigmas[i] = grid.sigmas()[(i + 1) / 2];
    }
    return new SigmaGrid(timesteps, sigmas);
  }
}
