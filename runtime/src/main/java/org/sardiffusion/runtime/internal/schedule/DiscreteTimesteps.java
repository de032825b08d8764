package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * The steps of one run of a sampler that works on alpha products.
 *
 * @param timesteps training timesteps to evaluate the model at, in order
 * @param stride training timesteps from one step to the next, where a sampler takes that for given
 */
record DiscreteTimesteps(int[] timesteps, int stride) {

  /** The timesteps that the plan asks for. */
  static DiscreteTimesteps of(Options options, NoiseSchedule schedule, StepPlan plan) {
    if (plan instanceof StepPlan.Timesteps custom) {
      return new DiscreteTimesteps(
          custom.timesteps().stream().mapToInt(Integer::intValue).toArray(), 0);
    }
    int steps = ((StepPlan.Steps) plan).count();
    int trained = schedule.trainTimesteps();
    if (steps > trained) {
      throw options.impossible(
          "%d steps are more than the %d training timesteps".formatted(steps, trained));
    }
    // "trailing" spacing of 61 steps and some other numbers makes diffusers visit timestep -1 at
    // the
    // end, which is the noisiest one to Python's indexing and ruins the sample: left out here.
    int[] timesteps =
        DoubleStream.of(schedule.timesteps(steps))
            .mapToInt(t -> (int) Math.rint(t))
            .filter(t -> t >= 0)
            .toArray();
    return new DiscreteTimesteps(timesteps, trained / steps);
  }

  int size() {
    return timesteps.length;
  }

  int at(int index) {
    return timesteps[index];
  }

  boolean isLast(int index) {
    return index == timesteps.length - 1;
  }

  double[] asDoubles() {
    return Arrays.stream(timesteps).asDoubleStream().toArray();
  }
}
