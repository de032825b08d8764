package org.sardiffusion.runtime.internal.schedule;

/**
 * A noise level in variance-preserving variables, in float32.
 *
 * @param alpha the weight of the clean sample, 1 / sqrt(sigma^2 + 1)
 * @param sigma the weight of the noise, sigma / sqrt(sigma^2 + 1)
 * @param lambda half the log signal-to-noise ratio, log(alpha / sigma); infinite without noise
 */
record NoiseLevel(float alpha, float sigma, float lambda) {

  static NoiseLevel[] of(float[] sigmas) {
    NoiseLevel[] levels = new NoiseLevel[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      float alpha = 1 / (float) Math.sqrt(sigmas[i] * sigmas[i] + 1);
      float sigma = sigmas[i] * alpha;
      levels[i] = new NoiseLevel(alpha, sigma, (float) Math.log(alpha) - (float) Math.log(sigma));
    }
    return levels;
  }
}
