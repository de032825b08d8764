package org.sardiffusion.runtime.diffusion;

import java.util.Arrays;

/** How much of the ControlNets' residuals goes into one of the two predictions of a guided step. */
enum ResidualWeighting {
  NONE,
  /**
   * Guess mode: from a tenth to one, evenly in the logarithm ({@code torch.logspace(-1, 0, n)} in
   * diffusers' {@code ControlNetModel.forward}).
   */
  GRADED,
  ALL;

  /**
   * The share of each residual.
   *
   * @param residuals those of the skip connections from the outermost on, then that of the middle
   */
  float[] weights(int residuals) {
    float[] weights = new float[residuals];
    switch (this) {
      case NONE -> {}
      case ALL -> Arrays.fill(weights, 1);
      case GRADED -> {
        for (int r = 0; r < residuals; r++) {
          weights[r] = (float) Math.pow(10, -1 + (double) r / Math.max(1, residuals - 1));
        }
      }
    }
    return weights;
  }
}
