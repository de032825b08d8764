package org.sardiffusion.runtime.diffusion;

import java.util.List;

/**
 * How the ControlNets of a model steer a generation (Zhang et al. 2023, arXiv 2302.05543).
 *
 * @param signals one for each ControlNet of the model, in its order
 * @param mode how control and prompt share the work
 */
public record Control(List<Signal> signals, Mode mode) {
  public Control {
    signals = List.copyOf(signals);
    if (signals.isEmpty()) {
      throw new GenerationException("Control needs at least one control image.");
    }
  }

  /** How control and prompt share the work. */
  public enum Mode {
    /** The ControlNets act on both predictions of a guided step, all their residuals alike. */
    BALANCED,
    /**
     * diffusers' {@code guess_mode}: they act only on the prediction with the prompt, and their
     * residuals grow from a tenth at the finest scale to one at the coarsest. The content follows
     * the control image even when the prompt is empty.
     */
    GUESS
  }

  /**
   * What one ControlNet gets.
   *
   * @param image what it follows, of the size that is generated
   * @param scale what its residuals are multiplied by; 0 switches it off
   * @param start fraction of the steps, from 0 to 1, before which it is off
   * @param end fraction of the steps, from 0 to 1, after which it is off
   */
  public record Signal(ControlImage image, double scale, double start, double end) {
    public Signal {
      if (!Double.isFinite(scale)) {
        throw new GenerationException(
            "The scale of a control image must be a finite number, but is " + scale + ".");
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

    /** The scale at one evaluation: the given one if the whole of it lies between start and end. */
    double scaleAt(ModelCall at) {
      double begun = (double) at.index() / at.count();
      double done = (double) (at.index() + 1) / at.count();
      return begun < start || done > end ? 0 : scale;
    }
  }
}
