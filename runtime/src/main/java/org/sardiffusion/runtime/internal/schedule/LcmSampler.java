package org.sardiffusion.runtime.internal.schedule;

import java.util.stream.IntStream;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Multistep sampling of latent consistency models: jump to the clean sample, add the next level's
 * noise (Luo et al., arXiv 2310.04378, algorithm 3; the boundary scalings are those of Song et al.,
 * arXiv 2303.01469, appendix C). Diffusers: {@code scheduling_lcm.py}.
 */
final class LcmSampler extends Sampler {
  private static final float DATA_VARIANCE = 0.25f;

  private final AlphaSchedule schedule;
  private final DiscreteTimesteps grid;
  private final PredictionType predictionType;
  private final SampleClipping bound;
  private final float timestepScaling;

  LcmSampler(AlphaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    Options options = schedule.options();
    this.schedule = schedule;
    this.grid = schedule.grid;
    this.predictionType = PredictionType.of(options);
    this.bound = SampleClipping.of(options, shape);
    this.timestepScaling = (float) options.within(0, Float.MAX_VALUE, "timestep_scaling");
  }

  /** A part of the timesteps that the model was distilled on, evenly chosen. */
  static DiscreteTimesteps distilledTimesteps(Options options, NoiseSchedule schedule, int steps) {
    int distilled = options.integer("original_inference_steps", 1, schedule.trainTimesteps());
    if (steps > distilled) {
      throw options.impossible(
          "%d steps are more than the %d of \"original_inference_steps\""
              .formatted(steps, distilled));
    }
    int stride = schedule.trainTimesteps() / distilled;
    double spread = (double) distilled / steps;
    int[] timesteps =
        IntStream.range(0, steps).map(i -> (distilled - (int) (i * spread)) * stride - 1).toArray();
    return new DiscreteTimesteps(timesteps, stride);
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    int t = grid.at(index);
    float product = schedule.alphaProduct(t);
    predictionType.toOriginal(model, x, (float) Math.sqrt(product), (float) Math.sqrt(1 - product));
    bound.apply(model);
    float scaled = t * timestepScaling;
    float skip = DATA_VARIANCE / (scaled * scaled + DATA_VARIANCE);
    float out = scaled / (float) Math.sqrt(scaled * scaled + DATA_VARIANCE);
    for (int j = 0; j < x.length; j++) {
      x[j] = out * model[j] + skip * x[j];
    }
    if (!grid.isLast(index)) {
      float next = schedule.alphaProduct(grid.at(index + 1));
      float alpha = (float) Math.sqrt(next);
      float sigma = (float) Math.sqrt(1 - next);
      noise.fill(model);
      for (int j = 0; j < x.length; j++) {
        x[j] = alpha * x[j] + sigma * model[j];
      }
    }
  }
}
