package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.schedule.StepNoise;

/** Where the noise of stochastic samplers comes from. */
@FunctionalInterface
interface NoiseField {
  /**
   * The noise of one step.
   *
   * @param call which step
   * @param window the latents that are stepped
   */
  StepNoise at(int call, Window window);
}
