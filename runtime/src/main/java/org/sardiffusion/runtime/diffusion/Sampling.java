package org.sardiffusion.runtime.diffusion;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.parameter.Parameter;
import org.sardiffusion.runtime.parameter.ParameterException;
import org.sardiffusion.runtime.parameter.ValueType;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.StepPlan;

/**
 * How images are drawn from a model, whatever they show. A model's recommendation, a user's options
 * and a list's line are one fold: {@code Sampling.defaults(bundle).with(options).with(line)}.
 *
 * @param seed of the first image; image k has seed + k
 * @param count number of images, at least 1
 * @param steps how many steps, or which
 * @param sampler the bundle's own, or one by its name
 * @param eta DDIM's share of fresh noise, from 0 to 1
 * @param guidance classifier-free guidance
 * @param negativePrompt what images are guided away from; empty means none, which is not the same
 *     as an empty text
 * @param clipSkip layers of the text encoders to skip beyond the usual one, from 0
 * @param conditioning micro-conditioning of the prompt
 * @param negativeConditioning micro-conditioning of the negative prompt; empty means that of the
 *     prompt
 * @param decodeTile side of a tile of the VAE, in latent pixels, at least 1: larger images are
 *     encoded and decoded in tiles, which changes them a little
 */
public record Sampling(
    long seed,
    int count,
    StepPlan steps,
    SamplerChoice sampler,
    double eta,
    Guidance guidance,
    Optional<String> negativePrompt,
    int clipSkip,
    MicroConditioning conditioning,
    Optional<MicroConditioning> negativeConditioning,
    int decodeTile) {

  public static final Parameter<String> NEGATIVE_PROMPT =
      new Parameter<>("negative_prompt", ValueType.text(), "What the image should not show.");
  public static final Parameter<Long> SEED =
      new Parameter<>(
          "seed", ValueType.whole(), "Seed of the first image; image k has seed N+k (default: 0).");
  public static final Parameter<Integer> COUNT =
      new Parameter<>("count", ValueType.count(1), "How many images (default: 1).");
  public static final Parameter<Integer> STEPS =
      new Parameter<>(
          "steps", ValueType.count(1), "How many steps; what the model recommends, else 50.");
  public static final Parameter<List<Integer>> TIMESTEPS =
      new Parameter<>(
          "timesteps",
          ValueType.counts().labelled("T,..."),
          "Or which training timesteps, descending, such as 999,750,500,250.");
  public static final Parameter<List<Double>> SIGMAS =
      new Parameter<>(
          "sigmas",
          ValueType.numbers().labelled("SIGMA,..."),
          "Or which noise levels, descending, such as 14.6,3.1,0.7,0.");
  public static final Parameter<SamplerName> SCHEDULER =
      new Parameter<>(
          "scheduler",
          ValueType.name(SamplerName.ids(), SamplerName::parse, SamplerName::id),
          "The sampler: " + String.join(", ", SamplerName.ids()) + ".",
          "What the model recommends, else its own, if not given.");
  public static final Parameter<Double> ETA =
      new Parameter<>(
          "eta", ValueType.between(0, 1), "Fresh noise in ddim, from 0 to 1 (default: 0).");
  public static final Parameter<Double> GUIDANCE =
      new Parameter<>(
          "guidance",
          ValueType.number(),
          "Guidance scale; 1 or less is off. What the model recommends, else 5.");
  public static final Parameter<Double> GUIDANCE_RESCALE =
      new Parameter<>(
          "guidance_rescale",
          ValueType.between(0, 1),
          "From 0 to 1: undo the contrast that guidance adds (default: 0).");
  public static final Parameter<ValueType.Pair> GUIDANCE_INTERVAL =
      new Parameter<>(
          "guidance_interval",
          ValueType.interval(),
          "Guide only this part of the steps (default: 0,1).");
  public static final Parameter<Integer> CLIP_SKIP =
      new Parameter<>(
          "clip_skip", ValueType.count(0), "Layers of the text encoders to skip (default: 0).");
  public static final Parameter<Integer> DECODE_TILE =
      new Parameter<>(
          "decode_tile",
          ValueType.count(1),
          "Decode images larger than N latent pixels in tiles of that size (default: 128).");
  public static final Parameter<Size> ORIGINAL_SIZE =
      new Parameter<>(
          "original_size",
          ValueType.size(),
          "Micro-conditioning: the original image's size; the image's if not given.");
  public static final Parameter<ValueType.Offset> CROP =
      new Parameter<>(
          "crop",
          ValueType.offset(),
          "Micro-conditioning: pixels cropped at the left and the top (default: 0,0).");
  public static final Parameter<Size> TARGET_SIZE =
      new Parameter<>(
          "target_size",
          ValueType.size(),
          "Micro-conditioning: the size after scaling; the image's if not given.");
  public static final Parameter<Double> AESTHETIC_SCORE =
      new Parameter<>("aesthetic_score", ValueType.number(), "For refiner models (default: 6).");
  public static final Parameter<Size> NEGATIVE_ORIGINAL_SIZE =
      new Parameter<>(
          "negative_original_size",
          ValueType.size(),
          "The original size for the negative prompt; counts only together with its target size.");
  public static final Parameter<ValueType.Offset> NEGATIVE_CROP =
      new Parameter<>(
          "negative_crop",
          ValueType.offset(),
          "The crop for the negative prompt, together with its sizes (default: 0,0).");
  public static final Parameter<Size> NEGATIVE_TARGET_SIZE =
      new Parameter<>(
          "negative_target_size",
          ValueType.size(),
          "The target size for the negative prompt; counts only together with its original size.");
  public static final Parameter<Double> NEGATIVE_AESTHETIC_SCORE =
      new Parameter<>(
          "negative_aesthetic_score", ValueType.number(), "For refiner models (default: 2.5).");

  /** Three ways to say which steps to take, of which one counts. */
  public static final List<Parameter<?>> STEP_PLANS = List.of(STEPS, TIMESTEPS, SIGMAS);

  /** All that a sampling says: the rows of the option table, in the order of the help. */
  public static final List<Parameter<?>> PARAMETERS =
      List.of(
          NEGATIVE_PROMPT,
          SEED,
          COUNT,
          STEPS,
          TIMESTEPS,
          SIGMAS,
          SCHEDULER,
          ETA,
          GUIDANCE,
          GUIDANCE_RESCALE,
          GUIDANCE_INTERVAL,
          CLIP_SKIP,
          DECODE_TILE,
          ORIGINAL_SIZE,
          CROP,
          TARGET_SIZE,
          AESTHETIC_SCORE,
          NEGATIVE_ORIGINAL_SIZE,
          NEGATIVE_CROP,
          NEGATIVE_TARGET_SIZE,
          NEGATIVE_AESTHETIC_SCORE);

  /**
   * What diffusers' SDXL pipeline takes: one image of seed 0 in 50 steps of the bundle's sampler,
   * guidance 5. Images of up to 128 latent pixels a side (with a margin on each side) are decoded
   * whole: the decoder's attention needs memory with the fourth power of the side.
   */
  public static final Sampling DIFFUSERS =
      new Sampling(
          0,
          1,
          new StepPlan.Steps(50),
          new SamplerChoice.BundleDefault(),
          0,
          Guidance.of(5),
          Optional.empty(),
          0,
          MicroConditioning.standard(),
          Optional.empty(),
          128);

  /**
   * @throws ParameterException if a value is out of its range
   */
  public Sampling {
    COUNT.require(count);
    if (seed > Long.MAX_VALUE - (count - 1)) {
      throw new ParameterException(
          "Seed " + seed + " leaves no room for " + count + " images: seeds end at 2^63 - 1.");
    }
    CLIP_SKIP.require(clipSkip);
    DECODE_TILE.require(decodeTile);
    ETA.require(eta);
    if (steps instanceof StepPlan.Steps number) {
      STEPS.require(number.count());
    }
  }

  /** What a model recommends in its {@code sar_config.json}, else {@link #DIFFUSERS}. */
  public static Sampling defaults(Bundle bundle) {
    return bundle
        .sar()
        .map(SarConfig::recommended)
        .map(Sampling::recommended)
        .map(DIFFUSERS::with)
        .orElse(DIFFUSERS);
  }

  private static Overrides recommended(SarConfig.Recommended by) {
    return Overrides.NONE
        .with(STEPS, by.steps().isPresent() ? Optional.of(by.steps().getAsInt()) : Optional.empty())
        .with(
            GUIDANCE,
            by.guidanceScale().isPresent()
                ? Optional.of(by.guidanceScale().getAsDouble())
                : Optional.empty())
        .with(SCHEDULER, by.scheduler().map(SamplerName::parse));
  }

  /** The same with other values of some parameters. */
  public Sampling with(Overrides other) {
    ValueType.Pair interval =
        other.or(GUIDANCE_INTERVAL, new ValueType.Pair(guidance.start(), guidance.end()));
    ValueType.Offset crop =
        other.or(CROP, new ValueType.Offset(conditioning.cropLeft(), conditioning.cropTop()));
    MicroConditioning towards =
        new MicroConditioning(
            other.get(ORIGINAL_SIZE).or(conditioning::originalSize),
            crop.x(),
            crop.y(),
            other.get(TARGET_SIZE).or(conditioning::targetSize),
            other.or(AESTHETIC_SCORE, conditioning.aestheticScore()));
    return new Sampling(
        other.or(SEED, seed),
        other.or(COUNT, count),
        steps(other),
        other.get(SCHEDULER).<SamplerChoice>map(SamplerChoice.Named::new).orElse(sampler),
        other.or(ETA, eta),
        new Guidance(
            other.or(GUIDANCE, guidance.scale()),
            other.or(GUIDANCE_RESCALE, guidance.rescale()),
            interval.x(),
            interval.y()),
        other.get(NEGATIVE_PROMPT).or(() -> negativePrompt),
        other.or(CLIP_SKIP, clipSkip),
        towards,
        away(other, towards),
        other.or(DECODE_TILE, decodeTile));
  }

  private StepPlan steps(Overrides other) {
    return other
        .get(SIGMAS)
        .<StepPlan>map(StepPlan.Sigmas::new)
        .or(() -> other.get(TIMESTEPS).map(StepPlan.Timesteps::new))
        .or(() -> other.get(STEPS).map(StepPlan.Steps::new))
        .orElse(steps);
  }

  /** diffusers takes the negative prompt's own sizes only when both are there. */
  private Optional<MicroConditioning> away(Overrides other, MicroConditioning towards) {
    double score = other.or(NEGATIVE_AESTHETIC_SCORE, MicroConditioning.NEGATIVE_AESTHETIC_SCORE);
    Optional<Size> original = other.get(NEGATIVE_ORIGINAL_SIZE);
    Optional<Size> target = other.get(NEGATIVE_TARGET_SIZE);
    if (original.isPresent() && target.isPresent()) {
      ValueType.Offset crop = other.or(NEGATIVE_CROP, new ValueType.Offset(0, 0));
      return Optional.of(new MicroConditioning(original, crop.x(), crop.y(), target, score));
    }
    return score == MicroConditioning.NEGATIVE_AESTHETIC_SCORE
        ? negativeConditioning
        : Optional.of(
            new MicroConditioning(
                towards.originalSize(),
                towards.cropLeft(),
                towards.cropTop(),
                towards.targetSize(),
                score));
  }

  /** All that this says, so that {@code DIFFUSERS.with(values())} is equal to it. */
  public Overrides values() {
    Overrides values =
        Overrides.NONE
            .with(NEGATIVE_PROMPT, negativePrompt)
            .with(SEED, seed)
            .with(COUNT, count)
            .with(plan())
            .with(
                SCHEDULER,
                sampler instanceof SamplerChoice.Named named
                    ? Optional.of(named.name())
                    : Optional.empty())
            .with(ETA, eta)
            .with(Sampling.of(guidance))
            .with(CLIP_SKIP, clipSkip)
            .with(DECODE_TILE, decodeTile)
            .with(ORIGINAL_SIZE, conditioning.originalSize())
            .with(CROP, new ValueType.Offset(conditioning.cropLeft(), conditioning.cropTop()))
            .with(TARGET_SIZE, conditioning.targetSize())
            .with(AESTHETIC_SCORE, conditioning.aestheticScore());
    if (negativeConditioning.isEmpty()) {
      return values;
    }
    MicroConditioning away = negativeConditioning.get();
    return values
        .with(NEGATIVE_ORIGINAL_SIZE, away.originalSize())
        .with(NEGATIVE_CROP, new ValueType.Offset(away.cropLeft(), away.cropTop()))
        .with(NEGATIVE_TARGET_SIZE, away.targetSize())
        .with(NEGATIVE_AESTHETIC_SCORE, away.aestheticScore());
  }

  private Overrides plan() {
    if (steps instanceof StepPlan.Sigmas sigmas) {
      return Overrides.NONE.with(SIGMAS, sigmas.sigmas());
    }
    return steps instanceof StepPlan.Timesteps timesteps
        ? Overrides.NONE.with(TIMESTEPS, timesteps.timesteps())
        : Overrides.NONE.with(STEPS, ((StepPlan.Steps) steps).count());
  }

  private static Overrides of(Guidance guidance) {
    return Overrides.NONE
        .with(GUIDANCE, guidance.scale())
        .with(GUIDANCE_RESCALE, guidance.rescale())
        .with(GUIDANCE_INTERVAL, new ValueType.Pair(guidance.start(), guidance.end()));
  }

  /** The same with another value of one parameter. */
  public <T> Sampling with(Parameter<T> parameter, T value) {
    return with(Overrides.NONE.with(parameter, value));
  }

  /** The same from another seed. */
  public Sampling withSeed(long first) {
    return with(SEED, first);
  }

  /** The same for so many images. */
  public Sampling withCount(int images) {
    return with(COUNT, images);
  }

  /** The same in so many steps, spaced as the scheduler's configuration says. */
  public Sampling withSteps(int number) {
    return with(STEPS, number);
  }

  /** The same with other steps. */
  public Sampling with(StepPlan other) {
    if (other instanceof StepPlan.Sigmas sigmas) {
      return with(SIGMAS, sigmas.sigmas());
    }
    return other instanceof StepPlan.Timesteps timesteps
        ? with(TIMESTEPS, timesteps.timesteps())
        : with(STEPS, ((StepPlan.Steps) other).count());
  }

  /** The same with another sampler. */
  public Sampling withSampler(SamplerName name) {
    return with(SCHEDULER, name);
  }

  /** The same with other guidance. */
  public Sampling with(Guidance other) {
    return with(of(other));
  }

  /** The same with other micro-conditioning; sizes that it leaves open stay. */
  public Sampling with(MicroConditioning other) {
    return with(
        Overrides.NONE
            .with(ORIGINAL_SIZE, other.originalSize())
            .with(CROP, new ValueType.Offset(other.cropLeft(), other.cropTop()))
            .with(TARGET_SIZE, other.targetSize())
            .with(AESTHETIC_SCORE, other.aestheticScore()));
  }

  /** The same with micro-conditioning of the negative prompt's own. */
  public Sampling withNegative(MicroConditioning other) {
    return with(
        Overrides.NONE
            .with(NEGATIVE_ORIGINAL_SIZE, other.originalSize())
            .with(NEGATIVE_CROP, new ValueType.Offset(other.cropLeft(), other.cropTop()))
            .with(NEGATIVE_TARGET_SIZE, other.targetSize())
            .with(NEGATIVE_AESTHETIC_SCORE, other.aestheticScore()));
  }

  /** The sampling of image {@code index} alone. */
  public Sampling forImage(int index) {
    return with(Overrides.NONE.with(SEED, seed + index).with(COUNT, 1));
  }
}
