package org.sardiffusion.runtime.schedule;

/**
 * Denoising diffusion implicit models: Song et al., arXiv 2010.02502, equations 12 and 16.
 * Diffusers: {@code scheduling_ddim.py}.
 */
final class DdimSampler extends SequentialSampler {
  private final NoiseSchedule schedule;
  private final DiscreteTimesteps grid;
  private final PredictionType predictionType;
  private final SampleClipping bound;
  private final float finalAlphaProduct;
  private final float eta;
  private final float[] original;

  DdimSampler(
      Options options,
      NoiseSchedule schedule,
      DiscreteTimesteps grid,
      LatentShape shape,
      double eta) {
    super(grid.asDoubles(), shape);
    this.schedule = schedule;
    this.grid = grid;
    this.predictionType = PredictionType.of(options);
    this.bound = SampleClipping.of(options, shape);
    this.finalAlphaProduct = options.flag("set_alpha_to_one") ? 1 : schedule.alphaProduct(0);
    this.eta = (float) eta;
    this.original = new float[shape.length()];
  }

  @Override
  SignalNoise signalNoise(int index) {
    return SignalNoise.ofAlphaProduct(schedule.alphaProduct(grid.at(index)));
  }

  @Override
  void advance(int index, float[] model, float[] x, StepNoise noise) {
    int t = grid.at(index);
    int previous = t - grid.stride();
    float product = schedule.alphaProduct(t);
    float previousProduct = previous >= 0 ? schedule.alphaProduct(previous) : finalAlphaProduct;
    float alpha = (float) Math.sqrt(product);
    float sigma = (float) Math.sqrt(1 - product);

    System.arraycopy(model, 0, original, 0, x.length);
    predictionType.toOriginal(original, x, alpha, sigma);
    predictionType.toNoise(model, x, alpha, sigma);
    bound.apply(original);

    float variance = (1 - previousProduct) / (1 - product) * (1 - product / previousProduct);
    float deviation = eta * (float) Math.sqrt(variance);
    // Rounding may leave a little less than nothing for the old noise when eta is 1.
    float direction = (float) Math.sqrt(Math.max(1 - previousProduct - deviation * deviation, 0));
    float previousAlpha = (float) Math.sqrt(previousProduct);
    for (int j = 0; j < x.length; j++) {
      x[j] = previousAlpha * original[j] + direction * model[j];
    }
    if (eta > 0) {
      noise.fill(model);
      for (int j = 0; j < x.length; j++) {
        x[j] += deviation * model[j];
      }
    }
  }
}
