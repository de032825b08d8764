package org.sardiffusion.runtime.internal.schedule;

import java.util.List;

/** The four members of the DPM-Solver family: which output they integrate, and as ODE or SDE. */
enum DpmSolverAlgorithm {
  /** The noise, as an ODE: Lu et al., arXiv 2206.00927. */
  DPM_SOLVER,
  /** The clean sample, as an ODE: Lu et al., arXiv 2211.01095, section 4. */
  DPM_SOLVER_PP,
  /** The noise, as an SDE: Lu et al., arXiv 2211.01095, section 5. */
  SDE_DPM_SOLVER,
  /** The clean sample, as an SDE: Lu et al., arXiv 2211.01095, section 5. */
  SDE_DPM_SOLVER_PP;

  static DpmSolverAlgorithm of(Options options) {
    List<String> known =
        List.of("dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++", "deis");
    return switch (options.word("algorithm_type", known)) {
      case "dpmsolver" -> DPM_SOLVER;
      case "sde-dpmsolver" -> SDE_DPM_SOLVER;
      case "sde-dpmsolver++" -> SDE_DPM_SOLVER_PP;
      // DEIS is another class of diffusers, whose configurations run here as DPM-Solver++.
      default -> DPM_SOLVER_PP;
    };
  }

  boolean integratesOriginal() {
    return this == DPM_SOLVER_PP || this == SDE_DPM_SOLVER_PP;
  }

  boolean isStochastic() {
    return this == SDE_DPM_SOLVER || this == SDE_DPM_SOLVER_PP;
  }
}
