package org.sardiffusion.pipelines;

import java.util.List;
import java.util.stream.IntStream;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.ControlImage;
import org.sardiffusion.runtime.diffusion.ControlScale;
import org.sardiffusion.runtime.diffusion.ControlScales;

/** Control by an image of lower resolution. */
public final class FollowingControl {
  private FollowingControl() {}

  /**
   * The first ControlNet whose name speaks of low resolution follows the image, else the first one;
   * others are off.
   *
   * @param controlNets names of the model's ControlNets, at least one
   */
  public static ControlScales scales(List<String> controlNets, double scale) {
    int following =
        Math.max(
            0,
            controlNets.indexOf(
                controlNets.stream().filter(n -> n.contains("low")).findFirst().orElse("")));
    return new ControlScales(
        IntStream.range(0, controlNets.size())
            .mapToObj(net -> ControlScale.of(net == following ? scale : 0))
            .toList(),
        Control.Mode.BALANCED);
  }

  /** Likewise, of an image that is there as a whole. */
  public static Control of(List<String> controlNets, ControlImage image, double scale) {
    return Control.of(image, scales(controlNets, scale));
  }
}
