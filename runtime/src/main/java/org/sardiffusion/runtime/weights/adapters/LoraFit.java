package org.sardiffusion.runtime.weights.adapters;

import java.util.List;
import org.sardiffusion.runtime.weights.ModuleWeight;

/** Whether a layer of a LoRA file has the size of a weight. */
final class LoraFit {
  private LoraFit() {}

  /**
   * The shape of the weight that a layer was trained for: [out, in] or [out, in, height, width].
   */
  static List<Long> shape(LoraLayer layer) {
    List<Long> down = layer.down().shape();
    return down.size() == 2
        ? List.of(layer.up().shape().get(0), down.get(1))
        : List.of(layer.up().shape().get(0), down.get(1), down.get(2), down.get(3));
  }

  /** Linear layers and 1 x 1 convolutions are the same, and trainers take them for each other. */
  static boolean fits(LoraLayer layer, ModuleWeight weight) {
    return flat(shape(layer)).equals(flat(weight.shape()));
  }

  private static List<Long> flat(List<Long> shape) {
    return shape.size() == 4 && shape.get(2) == 1 && shape.get(3) == 1
        ? shape.subList(0, 2)
        : shape;
  }
}
