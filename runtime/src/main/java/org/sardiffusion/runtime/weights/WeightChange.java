package org.sardiffusion.runtime.weights;

import java.util.List;

/** A change to the values of one weight that is no sum of low-rank products. */
public interface WeightChange {

  /**
   * Changes a weight in place.
   *
   * @param weight its values, C order
   * @param shape as torch has it: [out, in], [out, in, height, width], or [n] of a bias or a norm
   */
  void apply(float[] weight, List<Long> shape);
}
