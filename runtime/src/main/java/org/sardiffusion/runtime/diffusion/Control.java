package org.sardiffusion.runtime.diffusion;

import java.util.List;

/**
 * How the ControlNets of a model steer a generation (Zhang et al. 2023, arXiv 2302.05543).
 *
 * @param signals one for each ControlNet of the model, in its order
 * @param mode how control and prompt share the work
 */
public record Control(List<Signal> signals, Mode mode) {
  /**
   * @throws GenerationException if there is no signal
   */
  public Control {
    signals = List.copyOf(signals);
    if (signals.isEmpty()) {
      throw new GenerationException("Control needs at least one control image.");
    }
  }

  /** All ControlNets see one image. */
  public static Control of(ControlImage image, ControlScales scales) {
    return new Control(
        scales.nets().stream().map(scale -> new Signal(image, scale)).toList(), scales.mode());
  }

  /** How strongly, without the images. */
  ControlScales scales() {
    return new ControlScales(signals.stream().map(Signal::scale).toList(), mode);
  }

  List<ControlImage> images() {
    return signals.stream().map(Signal::image).toList();
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
   * @param scale how strongly, and when
   */
  public record Signal(ControlImage image, ControlScale scale) {
    /**
     * @throws GenerationException if a value is out of its range
     */
    public Signal(ControlImage image, double scale, double start, double end) {
      this(image, new ControlScale(scale, start, end));
    }
  }
}
