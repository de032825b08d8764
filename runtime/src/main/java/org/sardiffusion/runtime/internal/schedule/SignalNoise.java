package org.sardiffusion.runtime.internal.schedule;

/**
 * How much signal and how much noise the latents hold at one noise level: signal x_0 + noise
 * epsilon.
 *
 * @param signal the weight of the clean latents
 * @param noise the weight of standard normal noise
 */
record SignalNoise(float signal, float noise) {

  /**
   * Of training timestep t, by its alpha product: sqrt(a_t) and sqrt(1 - a_t) (Ho et al., arXiv
   * 2006.11239, equation 4).
   */
  static SignalNoise ofAlphaProduct(float product) {
    return new SignalNoise((float) Math.sqrt(product), (float) Math.sqrt(1 - product));
  }

  /** Where latents are x_0 + sigma noise. */
  static SignalNoise ofSigma(float sigma) {
    return new SignalNoise(1, sigma);
  }

  static SignalNoise of(NoiseLevel level) {
    return new SignalNoise(level.alpha(), level.sigma());
  }
}
