package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.run.Progress;

/** Hears of the progress of a generation, on the thread that generates. */
public interface DiffusionListener extends Progress {

  /** Hears nothing. */
  DiffusionListener NONE = new DiffusionListener() {};

  /** A step has been taken. */
  default void step(Step step) {}

  /** An image is complete. */
  default void image(GeneratedImage image) {}

  /**
   * The state after a step.
   *
   * @param firstImage index of the first image of the batch that is being made, from 0
   * @param index model calls done in this batch, from 1
   * @param count model calls of a batch
   * @param timestep the timestep that was evaluated
   * @param latents the batch's latents, [batch, channels, height, width]: the live array, which a
   *     listener that knows what it does may change
   */
  record Step(int firstImage, int index, int count, double timestep, float[] latents) {}
}
