package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * Steps in the variables of Karras et al. (arXiv 2206.00364): latents are x_0 + sigma noise, and
 * the model sees them divided by sqrt(sigma^2 + 1).
 */
final class SigmaSchedule extends Schedule {
  /** The noise level of each call, and the one after the last. Read only. */
  final float[] sigmas;

  private final boolean startsAtHighestSigma;

  private SigmaSchedule(Options options, StepPlan plan, SigmaGrid grid) {
    super(options, plan, grid.timesteps());
    this.sigmas = grid.sigmas();
    this.startsAtHighestSigma =
        !options.word("timestep_spacing", NoiseSchedule.SPACINGS).equals("leading");
  }

  static SigmaSchedule of(Options options, StepPlan plan) {
    NoiseSchedule trained = NoiseSchedule.ofFiniteSigmas(options);
    StepPlanValidator.check(options, trained, plan);
    SigmaGrid grid = SigmaGrid.continuous(options, trained, plan);
    return new SigmaSchedule(
        options,
        plan,
        options.schedulerClass() == SchedulerClass.HEUN ? HeunSampler.twiceInside(grid) : grid);
  }

  @Override
  public Sampler newSampler(LatentShape shape) {
    return switch (options().schedulerClass()) {
      case EULER_ANCESTRAL -> new EulerAncestralSampler(this, shape);
      case HEUN -> new HeunSampler(this, shape);
      case LMS -> new LmsSampler(this, shape);
      default -> new EulerSampler(this, shape);
    };
  }

  @Override
  public int callsPerStep() {
    return options().schedulerClass() == SchedulerClass.HEUN ? 2 : 1;
  }

  /** "leading" schedules start below pure noise, so the clean signal's unit variance is added. */
  @Override
  public double initNoiseSigma() {
    float highest = 0;
    for (float sigma : sigmas) {
      highest = Math.max(highest, sigma);
    }
    return startsAtHighestSigma ? highest : (float) Math.sqrt(highest * highest + 1);
  }

  @Override
  SignalNoise signalNoise(int index) {
    return SignalNoise.ofSigma(sigmas[index]);
  }

  @Override
  void scale(int index, float[] sample, float[] scaled) {
    float sigma = sigmas[index];
    float deviation = (float) Math.sqrt(sigma * sigma + 1);
    for (int j = 0; j < sample.length; j++) {
      scaled[j] = sample[j] / deviation;
    }
  }
}
