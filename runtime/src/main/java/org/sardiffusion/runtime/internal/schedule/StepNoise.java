package org.sardiffusion.runtime.internal.schedule;

/** Where stochastic samplers get their noise from: one draw fills a whole batch of latents. */
@FunctionalInterface
public interface StepNoise {
  /** Fills {@code target}, shaped like the latents, with independent standard normal values. */
  void fill(float[] target);
}
