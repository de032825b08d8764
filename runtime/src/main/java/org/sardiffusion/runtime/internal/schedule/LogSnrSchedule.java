package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * Steps in variance-preserving variables, placed by noise level: those of the solvers that
 * integrate over half the log signal-to-noise ratio.
 */
final class LogSnrSchedule extends Schedule {
  /** The noise level of each call, and the one after the last. Read only. */
  final NoiseLevel[] levels;

  private LogSnrSchedule(Options options, StepPlan plan, SigmaGrid grid) {
    super(options, plan, grid.timesteps());
    this.levels = NoiseLevel.of(grid.sigmas());
  }

  static LogSnrSchedule of(Options options, StepPlan plan) {
    NoiseSchedule trained = NoiseSchedule.ofFiniteSigmas(options);
    StepPlanValidator.check(options, trained, plan);
    int span =
        options.knows("lambda_min_clipped")
            ? trained.timestepsWithLogSnrAbove(options.lowerBound("lambda_min_clipped"))
            : trained.trainTimesteps();
    return new LogSnrSchedule(options, plan, SigmaGrid.discrete(options, trained, plan, span));
  }

  @Override
  public Sampler newSampler(LatentShape shape) {
    return options().schedulerClass() == SchedulerClass.UNIPC
        ? new UniPcSampler(this, shape)
        : new DpmSolverMultistepSampler(this, shape);
  }

  @Override
  SignalNoise signalNoise(int index) {
    return SignalNoise.of(levels[index]);
  }
}
