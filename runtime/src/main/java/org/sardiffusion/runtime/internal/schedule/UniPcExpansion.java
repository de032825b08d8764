package org.sardiffusion.runtime.internal.schedule;

/**
 * One UniPC step, expanded to some order in its length h (Zhao et al., arXiv 2302.04867, section 3;
 * diffusers: {@code scheduling_unipc_multistep.py}).
 */
final class UniPcExpansion {
  final NoiseLevel from;
  final NoiseLevel to;

  /** e^h - 1. */
  final float phi1;

  /** B(h). */
  final float b;

  /** Where the calls before lie on the step's scale (below 0), and its end (1) last. */
  final float[] ratios;

  private final float[] target;

  /**
   * The step from {@code levels[index]}.
   *
   * @param order one more than the number of earlier calls to use
   */
  UniPcExpansion(UniPcVariant variant, NoiseLevel[] levels, int index, int order) {
    from = levels[index];
    to = levels[index + 1];
    float length = to.lambda() - from.lambda();
    float h = variant.integratesOriginal() ? -length : length;
    phi1 = (float) Math.expm1(h);
    b = variant.linearB() ? h : phi1;
    ratios = new float[order];
    for (int k = 1; k < order; k++) {
      ratios[k - 1] = (levels[index - k].lambda() - from.lambda()) / length;
    }
    ratios[order - 1] = 1;
    target = new float[order];
    float phi = phi1 / h - 1;
    int factorial = 1;
    for (int k = 1; k <= order; k++) {
      target[k - 1] = phi * factorial / b;
      factorial *= k + 1;
      phi = phi / h - (float) (1. / factorial);
    }
  }

  /** The weights that match the expansion's first {@code size} terms: a Vandermonde system. */
  float[] solve(int size) {
    float[][] rows = new float[size][size];
    for (int k = 0; k < size; k++) {
      for (int i = 0; i < size; i++) {
        rows[k][i] = k == 0 ? 1 : rows[k - 1][i] * ratios[i];
      }
    }
    return LinearSystem.solve(rows, target);
  }
}
