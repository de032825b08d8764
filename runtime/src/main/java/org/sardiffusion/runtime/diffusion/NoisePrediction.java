package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.run.Cancellation;

/** What a sampler steps by: the (guided) prediction of a UNet for a whole batch of latents. */
interface NoisePrediction extends AutoCloseable {
  /**
   * Predicts for one evaluation.
   *
   * @param at which evaluation
   * @param scaled the scaled latents
   * @param prediction receives the guided prediction
   */
  void predict(
      Denoiser.ModelCall at, float[] scaled, float[] prediction, Cancellation cancellation);

  /** Seconds spent inside the UNet so far. */
  double unetSeconds();

  @Override
  void close();
}
