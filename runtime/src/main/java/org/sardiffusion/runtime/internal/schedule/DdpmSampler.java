package org.sardiffusion.runtime.internal.schedule;

import java.util.List;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Ancestral sampling of denoising diffusion probabilistic models: Ho et al., arXiv 2006.11239,
 * equations 6 and 7, over any descending timesteps. Diffusers: {@code scheduling_ddpm.py}.
 */
final class DdpmSampler extends Sampler {
  /** Keeps logarithms of the variance finite, as in diffusers. */
  private static final float LEAST_VARIANCE = 1e-20f;

  private final AlphaSchedule schedule;
  private final DiscreteTimesteps grid;
  private final PredictionType predictionType;
  private final SampleClipping bound;
  private final String varianceType;

  DdpmSampler(AlphaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    Options options = schedule.options();
    this.schedule = schedule;
    this.grid = schedule.grid;
    this.predictionType = PredictionType.of(options);
    this.bound = SampleClipping.of(options, shape);
    // Null leaves diffusers at its first formula. Learned variances need a model with twice the
    // channels; fixed_large_log is the root of a negative number in diffusers 0.42.1.
    this.varianceType =
        options.isGiven("variance_type")
            ? options.word(
                "variance_type", List.of("fixed_small", "fixed_small_log", "fixed_large"))
            : "fixed_small";
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    int t = grid.at(index);
    float product = schedule.alphaProduct(t);
    float previousProduct = grid.isLast(index) ? 1 : schedule.alphaProduct(grid.at(index + 1));
    float alpha = product / previousProduct;
    float beta = 1 - alpha;

    predictionType.toOriginal(model, x, (float) Math.sqrt(product), (float) Math.sqrt(1 - product));
    bound.apply(model);
    float originalWeight = (float) Math.sqrt(previousProduct) * beta / (1 - product);
    float sampleWeight = (float) Math.sqrt(alpha) * (1 - previousProduct) / (1 - product);
    for (int j = 0; j < x.length; j++) {
      x[j] = originalWeight * model[j] + sampleWeight * x[j];
    }
    if (t > 0) {
      float small = Math.max((1 - previousProduct) / (1 - product) * beta, LEAST_VARIANCE);
      float deviation =
          switch (varianceType) {
            case "fixed_small_log" -> (float) Math.exp(0.5f * (float) Math.log(small));
            case "fixed_large" -> (float) Math.sqrt(beta);
            default -> (float) Math.sqrt(small);
          };
      noise.fill(model);
      for (int j = 0; j < x.length; j++) {
        x[j] += deviation * model[j];
      }
    }
  }
}
