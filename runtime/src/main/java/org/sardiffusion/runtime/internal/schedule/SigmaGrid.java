package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * The steps of one run of a solver that works on noise levels.
 *
 * @param timesteps what the model is fed, descending
 * @param sigmas the noise level at each timestep, and after them the one that the last step ends at
 */
record SigmaGrid(double[] timesteps, float[] sigmas) {

  /**
   * The steps of the samplers in Karras et al.'s variables (Euler, Euler ancestral, Heun, LMS):
   * timesteps over all of training, fractions allowed, in float32.
   */
  static SigmaGrid continuous(Options options, NoiseSchedule schedule, StepPlan plan) {
    if (plan instanceof StepPlan.Sigmas custom) {
      return ofLevels(options, schedule, custom.sigmas());
    }
    refuseContinuousTimesteps(options, plan);
    double[] timesteps =
        plan instanceof StepPlan.Steps count
            ? rounded32(schedule.timesteps(count.count()))
            : requested(options, schedule, plan);
    // Not always the number of timesteps: "trailing" spacing may have one more.
    int steps = plan instanceof StepPlan.Steps count ? count.count() : timesteps.length;
    double[] sigmas = schedule.sigmas(timesteps);
    if (options.knows("interpolation_type")
        && options
            .word("interpolation_type", List.of("linear", "log_linear"))
            .equals("log_linear")) {
      sigmas = logLinear(schedule, steps);
    }
    if (schedule.hasOwnLevels()) {
      sigmas = schedule.levels(sigmas[0], sigmas[sigmas.length - 1], steps);
      timesteps = rounded32(schedule.timestepsOf(sigmas));
    }
    float[] withEnd = closed(sigmas, lastSigma(options, schedule.lowestSigma()));
    return new SigmaGrid(modelTimesteps(options, timesteps, withEnd), withEnd);
  }

  /**
   * The steps of the multistep solvers in log signal-to-noise ratio (DPM-Solver, UniPC): whole
   * timesteps, with one step's room before the clean end.
   *
   * @param span how many of the training timesteps to use, from the clean end on
   */
  static SigmaGrid discrete(Options options, NoiseSchedule schedule, StepPlan plan, int span) {
    double[] timesteps =
        plan instanceof StepPlan.Steps steps
            ? wholes(schedule.timestepsShortOfEnd(span, steps.count()))
            : requested(options, schedule, plan);
    if (!schedule.hasOwnLevels()) {
      float last = lastSigma(options, schedule.lowestSigma());
      return new SigmaGrid(timesteps, closed(schedule.sigmas(timesteps), last));
    }
    int steps = ((StepPlan.Steps) plan).count();
    double[] levels = schedule.levels(schedule.highestSigma(), schedule.lowestSigma(), steps);
    timesteps = schedule.timestepsOf(levels);
    // DPMSolverMultistepScheduler alone leaves a cosine schedule's timesteps unrounded.
    boolean rounds =
        schedule.roundsTimestepsOfLevels()
            && !(options.schedulerClass() == SchedulerClass.DPM_SOLVER_MULTISTEP
                && options
                    .word("beta_schedule", List.of("linear", "scaled_linear", "squaredcos_cap_v2"))
                    .equals("squaredcos_cap_v2"));
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = rounds ? Math.rint(timesteps[i]) : Math.floor(timesteps[i]);
    }
    boolean unipc = options.schedulerClass() == SchedulerClass.UNIPC;
    float lowest = unipc ? (float) levels[levels.length - 1] : schedule.lowestSigma();
    return new SigmaGrid(timesteps, closed(levels, lastSigma(options, lowest)));
  }

  /** Number of steps. */
  int size() {
    return timesteps.length;
  }

  private static SigmaGrid ofLevels(Options options, NoiseSchedule schedule, List<Double> levels) {
    float[] sigmas = new float[levels.size()];
    for (int i = 0; i < sigmas.length; i++) {
      sigmas[i] = levels.get(i).floatValue();
    }
    double[] timesteps = new double[sigmas.length - 1];
    Arrays.setAll(timesteps, i -> (float) schedule.timestepOf(sigmas[i]));
    return new SigmaGrid(modelTimesteps(options, timesteps, sigmas), sigmas);
  }

  private static double[] requested(Options options, NoiseSchedule schedule, StepPlan plan) {
    if (schedule.hasOwnLevels()) {
      throw options.impossible(
          "own timesteps cannot be combined with Karras, exponential, beta or Lu noise levels");
    }
    return ((StepPlan.Timesteps) plan)
        .timesteps().stream().mapToDouble(Integer::doubleValue).toArray();
  }

  /** Whether the model was trained on a quarter of log sigma in place of timesteps. */
  private static boolean feedsLogSigma(Options options) {
    return options.knows("timestep_type")
        && options.word("timestep_type", List.of("discrete", "continuous")).equals("continuous")
        && options.isGiven("prediction_type")
        && PredictionType.of(options) == PredictionType.V_PREDICTION;
  }

  private static void refuseContinuousTimesteps(Options options, StepPlan plan) {
    if (plan instanceof StepPlan.Timesteps && feedsLogSigma(options)) {
      throw options.impossible(
          "own timesteps cannot be used with \"timestep_type\": \"continuous\" and v_prediction");
    }
  }

  private static double[] modelTimesteps(Options options, double[] timesteps, float[] sigmas) {
    if (!feedsLogSigma(options)) {
      return timesteps;
    }
    double[] quarters = new double[timesteps.length];
    Arrays.setAll(quarters, i -> 0.25f * (float) Math.log(sigmas[i]));
    return quarters;
  }

  /** One level more than there are timesteps: the last one is where the last step ends. */
  private static double[] logLinear(NoiseSchedule schedule, int steps) {
    float highest = NumpyLog.of(schedule.highestSigma());
    float lowest = NumpyLog.of(schedule.lowestSigma());
    float[] logs = NoiseSchedule.linspace32(highest, lowest, steps + 1);
    double[] sigmas = new double[logs.length];
    Arrays.setAll(sigmas, i -> (float) Math.exp(logs[i]));
    return sigmas;
  }

  private static float lastSigma(Options options, float lowest) {
    boolean zero =
        !options.knows("final_sigmas_type")
            || options.word("final_sigmas_type", List.of("zero", "sigma_min")).equals("zero");
    return zero ? 0 : lowest;
  }

  private static float[] closed(double[] sigmas, float last) {
    float[] closed = new float[sigmas.length + 1];
    for (int i = 0; i < sigmas.length; i++) {
      closed[i] = (float) sigmas[i];
    }
    closed[sigmas.length] = last;
    return closed;
  }

  private static double[] wholes(double[] values) {
    return DoubleStream.of(values).map(Math::rint).toArray();
  }

  private static double[] rounded32(double[] values) {
    return DoubleStream.of(values).map(v -> (float) v).toArray();
  }
}
