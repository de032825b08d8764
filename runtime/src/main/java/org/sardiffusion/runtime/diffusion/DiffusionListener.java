package org.sardiffusion.runtime.diffusion;

/** Hears of the progress of a generation, on the thread that generates. */
public interface DiffusionListener {

  /** Hears nothing. */
  DiffusionListener NONE = new DiffusionListener() {};

  /** Something that the user should know, such as words that were cut from a prompt. */
  default void warning(String message) {}

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
