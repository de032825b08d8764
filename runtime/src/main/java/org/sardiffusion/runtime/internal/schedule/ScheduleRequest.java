package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * Everything that a schedule is made from.
 *
 * @param choice which sampler
 * @param config the bundle's {@code scheduler_config.json}
 * @param plan the steps to take
 * @param eta the weight of the noise in DDIM, in [0, 1]: 0 is deterministic, 1 is DDPM-like; other
 *     samplers take no notice of it, as in diffusers
 */
public record ScheduleRequest(
    SamplerChoice choice, SchedulerConfig config, StepPlan plan, double eta) {

  /** A request with diffusers' default, {@code eta = 0}. */
  public static ScheduleRequest of(SamplerChoice choice, SchedulerConfig config, StepPlan plan) {
    return new ScheduleRequest(choice, config, plan, 0);
  }
}
