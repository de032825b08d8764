package org.sardiffusion.runtime.weights.adapters;

import java.util.List;
import java.util.OptionalDouble;
import org.sardiffusion.runtime.internal.safetensors.SafeTensor;

/**
 * One layer of a LoRA file.
 *
 * @param name how the file calls the layer, without what follows it in its keys
 * @param down [rank, in] or [rank, in, height, width]
 * @param up [out, rank] or [out, rank, 1, 1]
 * @param alpha what the file itself says under {@code NAME.alpha}
 */
record LoraLayer(String name, SafeTensor down, SafeTensor up, OptionalDouble alpha) {

  LoraLayer {
    List<Long> left = up.shape();
    List<Long> right = down.shape();
    boolean matrices = left.size() == 2 && right.size() == 2;
    boolean kernels = left.size() == 4 && right.size() == 4 && left.get(2) == 1 && left.get(3) == 1;
    if (!matrices && !kernels) {
      throw new AdapterException(
          down.file()
              + ": layer "
              + name
              + " has the shapes "
              + right
              + " (down) and "
              + left
              + " (up), which are those of neither a linear layer nor a convolution. The file is damaged or of an"
              + " unknown kind.");
    }
    if (!left.get(1).equals(right.get(0)) || right.get(0) == 0) {
      throw new AdapterException(
          down.file()
              + ": layer "
              + name
              + " has rank "
              + right.get(0)
              + " in its down matrix and "
              + left.get(1)
              + " in its up matrix. The file is damaged: get it again.");
    }
  }

  int rank() {
    return Math.toIntExact(down.shape().get(0));
  }
}
