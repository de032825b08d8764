package org.sardiffusion.runtime.internal.schedule;

import java.util.List;

/**
 * The choices that UniPC leaves open.
 *
 * @param integratesOriginal whether the clean sample is integrated, or the noise
 * @param linearB whether B(h) is h, or e^h - 1
 */
record UniPcVariant(boolean integratesOriginal, boolean linearB) {
  /** The names that other classes' configurations bring along stand for "bh2". */
  private static final List<String> SOLVERS = List.of("bh1", "bh2", "midpoint", "heun", "logrho");

  static UniPcVariant of(Options options) {
    return new UniPcVariant(
        options.flag("predict_x0"), options.word("solver_type", SOLVERS).equals("bh1"));
  }
}
