package org.sardiffusion.runtime.schedule;

import java.util.List;

/** How the steps of a run are chosen: a number of them, or the user's own timesteps or sigmas. */
public sealed interface StepPlan {

  /**
   * {@code count} steps, spaced as the scheduler's configuration says; {@code count} is at least 1.
   */
  record Steps(int count) implements StepPlan {}

  /** The training timesteps to visit, strictly descending. */
  record Timesteps(List<Integer> timesteps) implements StepPlan {}

  /**
   * The noise levels to visit, strictly descending, as diffusers' {@code set_timesteps(sigmas=...)}
   * takes them.
   */
  record Sigmas(List<Double> sigmas) implements StepPlan {}
}
