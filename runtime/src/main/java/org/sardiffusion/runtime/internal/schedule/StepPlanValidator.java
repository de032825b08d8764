package org.sardiffusion.runtime.internal.schedule;

import java.util.List;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.schedule.StepPlan;

/** Whether a scheduler class can take a plan of steps, found out before any is computed. */
final class StepPlanValidator {
  private static final List<SchedulerClass> TAKING_TIMESTEPS =
      List.of(
          SchedulerClass.EULER,
          SchedulerClass.DDPM,
          SchedulerClass.DPM_SOLVER_MULTISTEP,
          SchedulerClass.HEUN,
          SchedulerClass.LCM);

  private StepPlanValidator() {}

  /**
   * Checks a plan.
   *
   * @throws SchedulerException if the scheduler class can't take it
   */
  static void check(Options options, NoiseSchedule schedule, StepPlan plan) {
    SchedulerClass schedulerClass = options.schedulerClass();
    if (plan instanceof StepPlan.Steps steps) {
      if (steps.count() < 1) {
        throw options.impossible("%d steps; at least 1 is needed".formatted(steps.count()));
      }
    } else if (plan instanceof StepPlan.Timesteps custom) {
      if (!TAKING_TIMESTEPS.contains(schedulerClass)) {
        throw options.impossible("own timesteps are not possible; give a number of steps");
      }
      checkTimesteps(options, schedule, custom.timesteps());
    } else if (plan instanceof StepPlan.Sigmas custom) {
      if (schedulerClass != SchedulerClass.EULER) {
        throw options.impossible(
            "own sigmas are not possible; only EulerDiscreteScheduler takes them");
      }
      checkSigmas(options, custom.sigmas());
    }
  }

  private static void checkTimesteps(
      Options options, NoiseSchedule schedule, List<Integer> timesteps) {
    boolean valid = !timesteps.isEmpty();
    for (int i = 0; valid && i < timesteps.size(); i++) {
      int upper = i == 0 ? schedule.trainTimesteps() : timesteps.get(i - 1);
      valid = timesteps.get(i) >= 0 && timesteps.get(i) < upper;
    }
    if (!valid) {
      throw options.impossible(
          "own timesteps %s must be at least one, descend, and lie from 0 to %d"
              .formatted(timesteps, schedule.trainTimesteps() - 1));
    }
  }

  private static void checkSigmas(Options options, List<Double> sigmas) {
    boolean valid = sigmas.size() >= 2 && Double.isFinite(sigmas.get(0));
    for (int i = 0; valid && i < sigmas.size(); i++) {
      double sigma = sigmas.get(i);
      boolean last = i == sigmas.size() - 1;
      valid = (sigma > 0 || last && sigma == 0) && (i == 0 || sigma < sigmas.get(i - 1));
    }
    if (!valid) {
      throw options.impossible(
          "own sigmas %s must be at least two, descend, and be above 0 except that the last may be 0"
              .formatted(sigmas));
    }
  }
}
