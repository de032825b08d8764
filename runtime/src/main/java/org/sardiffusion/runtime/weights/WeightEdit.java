package org.sardiffusion.runtime.weights;

import java.util.List;

/** A change to one module's weight. */
public sealed interface WeightEdit {

  /** The weight to change. */
  ModuleWeight target();

  /**
   * W becomes W + sum of scale * up * down (Hu et al., "LoRA: Low-Rank Adaptation of Large Language
   * Models", 2021, equation 3; for convolutions, the kernel is taken as [out, in * height * width],
   * as in peft's {@code tuners/lora/layer.py}, {@code Conv2d.get_delta_weight}).
   *
   * @param factors at least one
   */
  record LowRank(ModuleWeight target, List<Factors> factors) implements WeightEdit {
    public LowRank {
      factors = List.copyOf(factors);
    }
  }

  /**
   * The weight is computed anew from what it was.
   *
   * @param changes in the order in which they are made
   */
  record Rewrite(ModuleWeight target, List<WeightChange> changes) implements WeightEdit {
    public Rewrite {
      changes = List.copyOf(changes);
    }
  }

  /**
   * Rows of an embedding are replaced, or follow after the last.
   *
   * @param first the row of the first vector, from 0 to the number of rows
   * @param vectors one after the other, [n, width]
   */
  record Rows(ModuleWeight target, long first, FloatValues vectors) implements WeightEdit {}

  /**
   * A product of two thin matrices.
   *
   * @param up [out, rank], C order
   * @param down [rank, in], or [rank, in * height * width] of a convolution, C order
   * @param scale what it is multiplied by
   */
  record Factors(FloatValues up, FloatValues down, int rank, double scale) {}
}
