package org.sardiffusion.pipelines;

import java.util.ArrayList;
import java.util.List;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.ControlImage;

/** Control by an image of lower resolution. */
public final class FollowingControl {
  private FollowingControl() {}

  /**
   * The first ControlNet whose name speaks of low resolution follows the image, else the first one;
   * others are off.
   *
   * @param controlNets names of the model's ControlNets, at least one
   */
  public static Control of(List<String> controlNets, ControlImage image, double scale) {
    int following =
        Math.max(
            0,
            controlNets.indexOf(
                controlNets.stream().filter(n -> n.contains("low")).findFirst().orElse("")));
    List<Control.Signal> signals = new ArrayList<>();
    for (int net = 0; net < controlNets.size(); net++) {
      signals.add(new Control.Signal(image, net == following ? scale : 0, 0, 1));
    }
    return new Control(signals, Control.Mode.BALANCED);
  }
}
