package org.sardiffusion.runtime.diffusion;

import java.util.List;

/**
 * How strongly the ControlNets of a model steer, whatever they follow.
 *
 * @param nets one for each ControlNet of the model, in its order
 * @param mode how control and prompt share the work
 */
public record ControlScales(List<ControlScale> nets, Control.Mode mode) {
  /**
   * @throws GenerationException if there is no ControlNet
   */
  public ControlScales {
    nets = List.copyOf(nets);
    if (nets.isEmpty()) {
      throw new GenerationException("Control needs at least one control image.");
    }
  }
}
