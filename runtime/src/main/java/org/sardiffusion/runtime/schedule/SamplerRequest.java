package org.sardiffusion.runtime.schedule;

/**
 * Everything that a sampler is made from.
 *
 * @param choice which sampler
 * @param config the bundle's {@code scheduler_config.json}
 * @param plan the steps to take
 * @param shape the latents that it will run on
 * @param eta the weight of the noise in DDIM, in [0, 1]: 0 is deterministic, 1 is DDPM-like; other
 *     samplers take no notice of it, as in diffusers
 */
public record SamplerRequest(
    SamplerChoice choice, SchedulerConfig config, StepPlan plan, LatentShape shape, double eta) {

  /** A request with diffusers' default, {@code eta = 0}. */
  public static SamplerRequest of(
      SamplerChoice choice, SchedulerConfig config, StepPlan plan, LatentShape shape) {
    return new SamplerRequest(choice, config, plan, shape, 0);
  }

  /** The same request with another weight of DDIM's noise. */
  public SamplerRequest withEta(double newEta) {
    return new SamplerRequest(choice, config, plan, shape, newEta);
  }

  SamplerRequest withShape(LatentShape newShape) {
    return new SamplerRequest(choice, config, plan, newShape, eta);
  }
}
