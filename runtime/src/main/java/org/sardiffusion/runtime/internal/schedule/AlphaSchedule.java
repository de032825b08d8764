package org.sardiffusion.runtime.internal.schedule;

import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * Steps from one training timestep to another, in variance-preserving variables: those of the
 * samplers that are written in alpha products.
 */
final class AlphaSchedule extends Schedule {
  final DiscreteTimesteps grid;

  /** The weight of the noise in DDIM. */
  final float eta;

  private final NoiseSchedule trained;
  private final float finalAlphaProduct;

  private AlphaSchedule(
      Options options, StepPlan plan, NoiseSchedule trained, DiscreteTimesteps grid, float eta) {
    super(options, plan, grid.asDoubles());
    this.trained = trained;
    this.finalAlphaProduct = options.flag("set_alpha_to_one") ? 1 : trained.alphaProduct(0);
    this.grid = grid;
    this.eta = eta;
  }

  static AlphaSchedule of(Options options, StepPlan plan, float eta) {
    NoiseSchedule trained = NoiseSchedule.of(options);
    StepPlanValidator.check(options, trained, plan);
    SchedulerClass schedulerClass = options.schedulerClass();
    DiscreteTimesteps grid =
        schedulerClass == SchedulerClass.LCM && plan instanceof StepPlan.Steps steps
            ? LcmSampler.distilledTimesteps(options, trained, steps.count())
            : DiscreteTimesteps.of(options, trained, plan);
    return new AlphaSchedule(
        options,
        plan,
        trained,
        schedulerClass == SchedulerClass.PNDM ? PndmSampler.visits(options, grid) : grid,
        eta);
  }

  @Override
  public Sampler newSampler(LatentShape shape) {
    return switch (options().schedulerClass()) {
      case DDPM -> new DdpmSampler(this, shape);
      case PNDM -> new PndmSampler(this, shape);
      case LCM -> new LcmSampler(this, shape);
      default -> new DdimSampler(this, shape);
    };
  }

  /** The alpha product a_t of a training timestep. */
  float alphaProduct(int t) {
    return trained.alphaProduct(t);
  }

  /** The same, and beyond the first training timestep that of the end of the last step. */
  float alphaProductOrFinal(int t) {
    return t >= 0 ? trained.alphaProduct(t) : finalAlphaProduct;
  }

  @Override
  SignalNoise signalNoise(int index) {
    return SignalNoise.ofAlphaProduct(alphaProduct(grid.at(index)));
  }
}
