package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * Denoising diffusion implicit models: Song et al., arXiv 2010.02502, equations 12 and 16.
 * Diffusers: {@code scheduling_ddim.py}.
 */
final class DdimSampler extends Sampler {
  private final AlphaSchedule schedule;
  private final PredictionType predictionType;
  private final SampleClipping bound;
  private final float[] original;

  DdimSampler(AlphaSchedule schedule, LatentShape shape) {
    super(schedule, shape);
    this.schedule = schedule;
    this.predictionType = PredictionType.of(schedule.options());
    this.bound = SampleClipping.of(schedule.options(), shape);
    this.original = new float[shape.length()];
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    int t = schedule.grid.at(index);
    float product = schedule.alphaProduct(t);
    float previousProduct = schedule.alphaProductOrFinal(t - schedule.grid.stride());
    float alpha = (float) Math.sqrt(product);
    float sigma = (float) Math.sqrt(1 - product);

    System.arraycopy(model, 0, original, 0, x.length);
    predictionType.toOriginal(original, x, alpha, sigma);
    predictionType.toNoise(model, x, alpha, sigma);
    bound.apply(original);

    float variance = (1 - previousProduct) / (1 - product) * (1 - product / previousProduct);
    float deviation = schedule.eta * (float) Math.sqrt(variance);
    // Rounding may leave a little less than nothing for the old noise when eta is 1.
    float direction = (float) Math.sqrt(Math.max(1 - previousProduct - deviation * deviation, 0));
    float previousAlpha = (float) Math.sqrt(previousProduct);
    for (int j = 0; j < x.length; j++) {
      x[j] = previousAlpha * original[j] + direction * model[j];
    }
    if (schedule.eta > 0) {
      noise.fill(model);
      for (int j = 0; j < x.length; j++) {
        x[j] += deviation * model[j];
      }
    }
  }
}
