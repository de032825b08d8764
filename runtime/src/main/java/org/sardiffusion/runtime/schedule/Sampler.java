package org.sardiffusion.runtime.schedule;

/**
 * One run of one sampler over one batch of latents: the reverse diffusion seen from the solver.
 *
 * <p>A sampler is made for one run and keeps the history that multistep solvers need; it is not
 * thread-safe. Indices count model evaluations from 0 and must be visited in order.
 */
public interface Sampler {

  /**
   * The timesteps to evaluate the model at, in order, as they are fed to the UNet. Second-order and
   * Runge-Kutta samplers visit some of them more than once, so this may be longer than the number
   * of steps asked for.
   */
  double[] timesteps();

  /**
   * How many evaluations make one step, for those who start late: 2 for second-order samplers, else
   * 1 (the schedulers' {@code order} in diffusers).
   */
  int evaluationsPerStep();

  /**
   * Brings clean latents to the noise level at which evaluation {@code index} expects them: what
   * image to image starts from (the schedulers' {@code add_noise} in diffusers).
   *
   * @param original clean latents, as the VAE's encoder gives them (scaled); read only
   * @param noise standard normal noise; read only
   * @param noisy receives the mixture; same length, may be one of the others
   */
  void addNoise(int index, float[] original, float[] noise, float[] noisy);

  /** The standard deviation that the initial standard normal noise is multiplied by. */
  double initNoiseSigma();

  /**
   * Writes the model's input for evaluation {@code index}.
   *
   * @param sample the current latents, batch after batch, C order; read only
   * @param scaled receives the scaled latents; same length, may be the same array
   */
  void scaleModelInput(int index, float[] sample, float[] scaled);

  /**
   * Advances the latents by one model evaluation.
   *
   * @param prediction the (guided) model output at {@code timesteps()[index]}; may be overwritten
   * @param sample the current latents; replaced by the next ones
   * @param noise standard normal noise, asked for only if and when diffusers would draw it
   */
  void step(int index, float[] prediction, float[] sample, StepNoise noise);

  /** What is kept from the evaluations so far; a copy. */
  SamplerState state();

  /**
   * Goes on where another sampler of the same request stood.
   *
   * @throws IllegalArgumentException if the state is that of another kind of sampler, or of latents
   *     of another shape
   */
  void resume(SamplerState state);
}
