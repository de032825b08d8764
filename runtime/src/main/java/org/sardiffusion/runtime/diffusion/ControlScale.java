package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.core.Remedy;

/**
 * How strongly one ControlNet steers, and when.
 *
 * @param scale what its residuals are multiplied by; 0 switches it off
 * @param start fraction of the steps, from 0 to 1, before which it is off
 * @param end fraction of the steps, from 0 to 1, after which it is off
 */
public record ControlScale(double scale, double start, double end) {
  /**
   * @throws GenerationException if a value is out of its range
   */
  public ControlScale {
    if (!Double.isFinite(scale)) {
      throw new GenerationException(
          "The scale of a control image must be a finite number, but is " + scale + ".",
          Remedy.choose("control_scale"));
    }
    if (!(start >= 0 && start < end && end <= 1)) {
      throw new GenerationException(
          "Control must start before it ends, with 0 <= start < end <= 1, but goes from "
              + start
              + " to "
              + end
              + ".");
    }
  }

  /** Through all steps. */
  public static ControlScale of(double scale) {
    return new ControlScale(scale, 0, 1);
  }

  /** The scale at one call: the given one if the whole of it lies between start and end. */
  double at(ModelCall call) {
    double begun = (double) call.index() / call.count();
    double done = (double) (call.index() + 1) / call.count();
    return begun < start || done > end ? 0 : scale;
  }
}
