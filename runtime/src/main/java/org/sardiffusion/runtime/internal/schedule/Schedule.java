package org.sardiffusion.runtime.internal.schedule;

import java.util.Arrays;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * The steps of a reverse diffusion and the sampler that takes them: which timesteps the model is
 * evaluated at, how noisy the latents are there, and what the sampler's options decide. It is
 * checked once, when it is made, and knows no latents; {@link #newSampler} begins a run over some.
 *
 * <p>Immutable. Indices count model calls from 0.
 */
public abstract class Schedule {
  private static final LatentShape ONE_VALUE = new LatentShape(1, 1, 1, 1);

  private final Options options;
  private final StepPlan plan;
  private final double[] timesteps;

  Schedule(Options options, StepPlan plan, double[] timesteps) {
    this.options = options;
    this.plan = plan;
    this.timesteps = timesteps;
  }

  /**
   * The schedule that a request describes.
   *
   * <p>It has the steps that diffusers 0.42.1 takes when it loads the scheduler class with {@code
   * from_config} and calls {@code set_timesteps}.
   *
   * @throws SchedulerException if the configuration has an invalid or unsupported value, the
   *     sampler cannot take such a plan, or the two together would not give finite latents
   */
  public static Schedule of(ScheduleRequest request) {
    Options options = Options.of(request.choice(), request.config());
    if (!(request.eta() >= 0 && request.eta() <= 1)) {
      throw new SchedulerException("eta is %s; it must be from 0 to 1".formatted(request.eta()));
    }
    // Flow matching is another process than the one that SDXL's weights reverse.
    if (options.flag("use_flow_sigmas")) {
      throw options.refuse("use_flow_sigmas", "false");
    }
    StepPlan plan = request.plan();
    Schedule schedule =
        switch (options.schedulerClass()) {
          case EULER, EULER_ANCESTRAL, HEUN, LMS -> SigmaSchedule.of(options, plan);
          case DPM_SOLVER_MULTISTEP, UNIPC -> LogSnrSchedule.of(options, plan);
          case DDIM, DDPM, PNDM, LCM -> AlphaSchedule.of(options, plan, (float) request.eta());
        };
    schedule.dryRun();
    return schedule;
  }

  /**
   * The timesteps to evaluate the model at, in order, as they are fed to the UNet. Second-order and
   * Runge-Kutta samplers visit some of them more than once, so this may be longer than the number
   * of steps asked for.
   */
  public final double[] timesteps() {
    return timesteps.clone();
  }

  /** The number of model calls, that of {@link #timesteps}. */
  public final int calls() {
    return timesteps.length;
  }

  /**
   * How many calls make one step, for those who start late: 2 for second-order samplers, else 1
   * (the schedulers' {@code order} in diffusers).
   */
  public int callsPerStep() {
    return 1;
  }

  /** The number of steps asked for. */
  public final int steps() {
    int each = callsPerStep();
    return plan instanceof StepPlan.Steps asked ? asked.count() : (calls() + each - 1) / each;
  }

  /** The standard deviation that the initial standard normal noise is multiplied by. */
  public double initNoiseSigma() {
    return 1;
  }

  /**
   * Brings clean latents to the noise level at which call {@code index} expects them: what image to
   * image starts from (the schedulers' {@code add_noise} in diffusers).
   *
   * @param original clean latents, as the VAE's encoder gives them (scaled); read only
   * @param noise standard normal noise; read only
   * @param noisy receives the mixture; same length, may be one of the others
   */
  public final void addNoise(int index, float[] original, float[] noise, float[] noisy) {
    checkIndex(index);
    checkLength(original, noise);
    checkLength(original, noisy);
    SignalNoise mix = signalNoise(index);
    for (int j = 0; j < noisy.length; j++) {
      noisy[j] = mix.signal() * original[j] + mix.noise() * noise[j];
    }
  }

  /**
   * Writes the model's input for call {@code index}.
   *
   * @param sample the current latents; read only
   * @param scaled receives the scaled latents; same length, may be the same array
   */
  public final void scaleModelInput(int index, float[] sample, float[] scaled) {
    checkIndex(index);
    checkLength(sample, scaled);
    scale(index, sample, scaled);
  }

  /**
   * Whether every latent pixel is stepped by itself, so that latents may be stepped in parts: not
   * so where images are bounded by a quantile of all their values.
   */
  public final boolean stepsPixelByPixel() {
    return !options.knows("thresholding") || !options.flag("thresholding");
  }

  /** How many arrays {@link Sampler#state} has at most in a run from call {@code first} on. */
  public final int arraysKept(int first) {
    Sampler sampler = newSampler(ONE_VALUE);
    float[] sample = {1};
    int most = 0;
    for (int index = first; index < timesteps.length; index++) {
      sampler.step(index, new float[1], sample, target -> {});
      most = Math.max(most, sampler.state().arrays().size());
    }
    return most;
  }

  /**
   * A sampler ready for its first step.
   *
   * @param shape the latents that it will run on
   * @throws IllegalArgumentException if a size is less than 1
   */
  public abstract Sampler newSampler(LatentShape shape);

  /** What the latents are made of when call {@code index} gets them. */
  abstract SignalNoise signalNoise(int index);

  /** {@link #scaleModelInput}, its arguments checked; where latents are fed as they are, a copy. */
  void scale(int index, float[] sample, float[] scaled) {
    System.arraycopy(sample, 0, scaled, 0, sample.length);
  }

  final Options options() {
    return options;
  }

  /**
   * Runs the sampler on one latent value, because some combinations of options divide zero by zero
   * or infinity by infinity, in diffusers too; better to say so now than to make a black image.
   */
  private void dryRun() {
    Sampler sampler = newSampler(ONE_VALUE);
    float[] sample = {(float) initNoiseSigma()};
    float[] prediction = new float[1];
    for (int index = 0; index < timesteps.length; index++) {
      scaleModelInput(index, sample, prediction);
      prediction[0] = 0.5f * prediction[0] + 0.1f / (index + 1);
      sampler.step(index, prediction, sample, target -> Arrays.fill(target, 0.5f));
      if (!Float.isFinite(sample[0])) {
        throw options.impossible(
            ("the latents would not be finite after call %d of %d (timestep %s); "
                    + "look at prediction_type, rescale_betas_zero_snr, final_sigmas_type, "
                    + "lower_order_final and the number of steps")
                .formatted(index + 1, timesteps.length, timesteps[index]));
      }
    }
  }

  private void checkIndex(int index) {
    if (index < 0 || index >= timesteps.length) {
      throw new IllegalArgumentException(
          "there is no call %d of %d".formatted(index, timesteps.length));
    }
  }

  private static void checkLength(float[] values, float[] others) {
    if (values.length != others.length) {
      throw new IllegalArgumentException(
          "%d values beside %d".formatted(values.length, others.length));
    }
  }
}
