package org.sardiffusion.runtime.schedule;

import java.util.Arrays;
import java.util.List;

/** Makes samplers. */
public final class Samplers {
  private Samplers() {}

  /**
   * The sampler that a request describes, ready for its first step.
   *
   * <p>It takes the steps that diffusers 0.42.1 takes when it loads the scheduler class with {@code
   * from_config} and calls {@code set_timesteps}.
   *
   * @throws SchedulerException if the configuration has an invalid or unsupported value, the
   *     sampler cannot take such a plan, or the two together would not give finite latents
   */
  public static Sampler create(SamplerRequest request) {
    Options options = options(request.choice(), request.config());
    if (!(request.eta() >= 0 && request.eta() <= 1)) {
      throw new SchedulerException("eta is %s; it must be from 0 to 1".formatted(request.eta()));
    }
    LatentShape shape = request.shape();
    if (Math.min(Math.min(shape.batch(), shape.channels()), Math.min(shape.height(), shape.width()))
        < 1) {
      throw new SchedulerException(
          "latents of shape %s; every size must be at least 1".formatted(shape));
    }
    refuseFlows(options);
    dryRun(build(options, request.withShape(new LatentShape(1, 1, 1, 1))), options);
    return build(options, request);
  }

  /**
   * Whether the sampler steps every latent pixel by itself: not so where it bounds images by a
   * quantile of all their values.
   *
   * @throws SchedulerException as {@link #create}
   */
  public static boolean stepPixelByPixel(SamplerChoice choice, SchedulerConfig config) {
    Options options = options(choice, config);
    return !options.knows("thresholding") || !options.flag("thresholding");
  }

  private static Options options(SamplerChoice choice, SchedulerConfig config) {
    return choice instanceof SamplerChoice.Named named
        ? config.optionsFor(named.name())
        : config.defaultOptions();
  }

  private static Sampler build(Options options, SamplerRequest request) {
    LatentShape shape = request.shape();
    return switch (options.schedulerClass()) {
      case EULER -> new EulerSampler(options, continuous(options, request.plan()), shape);
      case EULER_ANCESTRAL ->
          new EulerAncestralSampler(options, continuous(options, request.plan()), shape);
      case HEUN -> new HeunSampler(options, continuous(options, request.plan()), shape);
      case LMS -> new LmsSampler(options, continuous(options, request.plan()), shape);
      case DPM_SOLVER_MULTISTEP ->
          new DpmSolverMultistepSampler(options, discrete(options, request.plan()), shape);
      case UNIPC -> new UniPcSampler(options, discrete(options, request.plan()), shape);
      case DDIM, DDPM, PNDM, LCM -> buildOnAlphaProducts(options, request);
    };
  }

  private static Sampler buildOnAlphaProducts(Options options, SamplerRequest request) {
    NoiseSchedule schedule = NoiseSchedule.of(options);
    StepPlan plan = request.plan();
    checkPlan(options, schedule, plan);
    LatentShape shape = request.shape();
    DiscreteTimesteps grid =
        options.schedulerClass() == SchedulerClass.LCM && plan instanceof StepPlan.Steps steps
            ? LcmSampler.distilledTimesteps(options, schedule, steps.count())
            : DiscreteTimesteps.of(options, schedule, plan);
    return switch (options.schedulerClass()) {
      case DDIM -> new DdimSampler(options, schedule, grid, shape, request.eta());
      case DDPM -> new DdpmSampler(options, schedule, grid, shape);
      case PNDM -> new PndmSampler(options, schedule, grid, shape);
      default -> new LcmSampler(options, schedule, grid, shape);
    };
  }

  private static SigmaGrid continuous(Options options, StepPlan plan) {
    NoiseSchedule schedule = NoiseSchedule.ofFiniteSigmas(options);
    checkPlan(options, schedule, plan);
    return SigmaGrid.continuous(options, schedule, plan);
  }

  private static SigmaGrid discrete(Options options, StepPlan plan) {
    NoiseSchedule schedule = NoiseSchedule.ofFiniteSigmas(options);
    checkPlan(options, schedule, plan);
    int span =
        options.knows("lambda_min_clipped")
            ? schedule.timestepsWithLogSnrAbove(options.lowerBound("lambda_min_clipped"))
            : schedule.trainTimesteps();
    return SigmaGrid.discrete(options, schedule, plan, span);
  }

  private static void checkPlan(Options options, NoiseSchedule schedule, StepPlan plan) {
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

  private static final List<SchedulerClass> TAKING_TIMESTEPS =
      List.of(
          SchedulerClass.EULER,
          SchedulerClass.DDPM,
          SchedulerClass.DPM_SOLVER_MULTISTEP,
          SchedulerClass.HEUN,
          SchedulerClass.LCM);

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

  /** Flow matching is another process than the one that SDXL's weights reverse. */
  private static void refuseFlows(Options options) {
    if (options.flag("use_flow_sigmas")) {
      throw options.refuse("use_flow_sigmas", "false");
    }
  }

  /**
   * Runs the sampler on one latent value, because some combinations of options divide zero by zero
   * or infinity by infinity, in diffusers too; better to say so now than to make a black image.
   */
  private static void dryRun(Sampler sampler, Options options) {
    double[] timesteps = sampler.timesteps();
    float[] sample = {(float) sampler.initNoiseSigma()};
    float[] prediction = new float[1];
    for (int index = 0; index < timesteps.length; index++) {
      sampler.scaleModelInput(index, sample, prediction);
      prediction[0] = 0.5f * prediction[0] + 0.1f / (index + 1);
      sampler.step(index, prediction, sample, target -> Arrays.fill(target, 0.5f));
      if (!Float.isFinite(sample[0])) {
        throw options.impossible(
            ("the latents would not be finite after evaluation %d of %d (timestep %s); "
                    + "look at prediction_type, rescale_betas_zero_snr, final_sigmas_type, "
                    + "lower_order_final and the number of steps")
                .formatted(index + 1, timesteps.length, timesteps[index]));
      }
    }
  }
}
