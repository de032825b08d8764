package org.sardiffusion.runtime.schedule;

/**
 * A sampler in the variables of Karras et al. (arXiv 2206.00364): latents are x_0 + sigma noise,
 * and the model sees them divided by sqrt(sigma^2 + 1).
 */
abstract class SigmaSampler extends SequentialSampler {
  /** The noise level of each evaluation, and the one after the last. */
  final float[] sigmas;

  final PredictionType prediction;
  private final boolean startsAtHighestSigma;

  SigmaSampler(Options options, SigmaGrid grid, LatentShape shape) {
    super(grid.timesteps(), shape);
    this.sigmas = grid.sigmas();
    this.prediction = PredictionType.of(options);
    this.startsAtHighestSigma =
        !options.word("timestep_spacing", NoiseSchedule.SPACINGS).equals("leading");
  }

  /** "leading" schedules start below pure noise, so the clean signal's unit variance is added. */
  @Override
  public final double initNoiseSigma() {
    float highest = 0;
    for (float sigma : sigmas) {
      highest = Math.max(highest, sigma);
    }
    return startsAtHighestSigma ? highest : (float) Math.sqrt(highest * highest + 1);
  }

  @Override
  final SignalNoise signalNoise(int index) {
    return SignalNoise.ofSigma(sigmas[index]);
  }

  @Override
  final void scale(int index, float[] sample, float[] scaled) {
    float sigma = sigmas[index];
    float deviation = (float) Math.sqrt(sigma * sigma + 1);
    for (int j = 0; j < sample.length; j++) {
      scaled[j] = sample[j] / deviation;
    }
  }
}
