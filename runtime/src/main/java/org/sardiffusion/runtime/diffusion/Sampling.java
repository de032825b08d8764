package org.sardiffusion.runtime.diffusion;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
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

  public static final Parameter<Long> SEED = new Parameter<>("seed", Long.class);
  public static final Parameter<Integer> COUNT = new Parameter<>("count", Integer.class);
  public static final Parameter<StepPlan> STEPS = new Parameter<>("steps", StepPlan.class);
  public static final Parameter<SamplerChoice> SAMPLER =
      new Parameter<>("scheduler", SamplerChoice.class);
  public static final Parameter<Double> ETA = new Parameter<>("eta", Double.class);
  public static final Parameter<Double> GUIDANCE = new Parameter<>("guidance", Double.class);
  public static final Parameter<Double> GUIDANCE_RESCALE =
      new Parameter<>("guidance_rescale", Double.class);
  public static final Parameter<Double> GUIDANCE_START =
      new Parameter<>("guidance_start", Double.class);
  public static final Parameter<Double> GUIDANCE_END =
      new Parameter<>("guidance_end", Double.class);
  public static final Parameter<String> NEGATIVE_PROMPT =
      new Parameter<>("negative_prompt", String.class);
  public static final Parameter<Integer> CLIP_SKIP = new Parameter<>("clip_skip", Integer.class);
  public static final Parameter<Size> ORIGINAL_SIZE = new Parameter<>("original_size", Size.class);
  public static final Parameter<Integer> CROP_LEFT = new Parameter<>("crop_left", Integer.class);
  public static final Parameter<Integer> CROP_TOP = new Parameter<>("crop_top", Integer.class);
  public static final Parameter<Size> TARGET_SIZE = new Parameter<>("target_size", Size.class);
  public static final Parameter<Double> AESTHETIC_SCORE =
      new Parameter<>("aesthetic_score", Double.class);
  public static final Parameter<MicroConditioning> NEGATIVE_CONDITIONING =
      new Parameter<>("negative_conditioning", MicroConditioning.class);
  public static final Parameter<Integer> DECODE_TILE =
      new Parameter<>("decode_tile", Integer.class);

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
   * @throws GenerationException if a value is out of its range
   */
  public Sampling {
    atLeast("The number of images", COUNT, count, 1);
    atLeast("The clip skip", CLIP_SKIP, clipSkip, 0);
    atLeast("The decoder tile", DECODE_TILE, decodeTile, 1);
    if (steps instanceof StepPlan.Steps number) {
      atLeast("The number of steps", STEPS, number.count(), 1);
    }
    if (!(eta >= 0 && eta <= 1)) {
      throw new GenerationException(
          "Eta must lie between 0 and 1, but is " + eta + ".", Remedy.choose(ETA.key()));
    }
  }

  private static void atLeast(String what, Parameter<?> parameter, int value, int least) {
    if (value < least) {
      throw new GenerationException(
          what + " must be at least " + least + ", but is " + value + ".",
          Remedy.choose(parameter.key()));
    }
  }

  /** What a model recommends in its {@code sar_config.json}, else {@link #DIFFUSERS}. */
  public static Sampling defaults(Bundle bundle) {
    return bundle
        .sar()
        .map(SarConfig::recommended)
        .map(Overrides::recommended)
        .map(DIFFUSERS::with)
        .orElse(DIFFUSERS);
  }

  /** The same with other values of some parameters. */
  public Sampling with(Overrides other) {
    return new Sampling(
        other.or(SEED, seed),
        other.or(COUNT, count),
        other.or(STEPS, steps),
        other.or(SAMPLER, sampler),
        other.or(ETA, eta),
        new Guidance(
            other.or(GUIDANCE, guidance.scale()),
            other.or(GUIDANCE_RESCALE, guidance.rescale()),
            other.or(GUIDANCE_START, guidance.start()),
            other.or(GUIDANCE_END, guidance.end())),
        other.get(NEGATIVE_PROMPT).or(() -> negativePrompt),
        other.or(CLIP_SKIP, clipSkip),
        new MicroConditioning(
            other.get(ORIGINAL_SIZE).or(conditioning::originalSize),
            other.or(CROP_LEFT, conditioning.cropLeft()),
            other.or(CROP_TOP, conditioning.cropTop()),
            other.get(TARGET_SIZE).or(conditioning::targetSize),
            other.or(AESTHETIC_SCORE, conditioning.aestheticScore())),
        other.get(NEGATIVE_CONDITIONING).or(() -> negativeConditioning),
        other.or(DECODE_TILE, decodeTile));
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
    return with(STEPS, new StepPlan.Steps(number));
  }

  /** The same with another sampler. */
  public Sampling withSampler(SamplerName name) {
    return with(SAMPLER, new SamplerChoice.Named(name));
  }

  /** The same with other guidance. */
  public Sampling with(Guidance other) {
    return with(Overrides.NONE.with(other));
  }

  /** The same with other micro-conditioning. */
  public Sampling with(MicroConditioning other) {
    return with(Overrides.NONE.with(other));
  }

  /** The sampling of image {@code index} alone. */
  public Sampling forImage(int index) {
    return with(Overrides.NONE.with(SEED, seed + index).with(COUNT, 1));
  }

  /** Values of some parameters, in place of those that a sampling has. Immutable. */
  public static final class Overrides {
    /** None. */
    public static final Overrides NONE = new Overrides(Map.of());

    private final Map<Parameter<?>, Object> values;

    private Overrides(Map<Parameter<?>, Object> values) {
      this.values = values;
    }

    private static Overrides recommended(SarConfig.Recommended by) {
      Overrides overrides = NONE;
      if (by.steps().isPresent()) {
        overrides = overrides.with(STEPS, new StepPlan.Steps(by.steps().getAsInt()));
      }
      if (by.guidanceScale().isPresent()) {
        overrides = overrides.with(GUIDANCE, by.guidanceScale().getAsDouble());
      }
      return overrides.with(
          SAMPLER, by.scheduler().map(SamplerName::parse).map(SamplerChoice.Named::new));
    }

    /** These and another value of a parameter. */
    public <T> Overrides with(Parameter<T> parameter, T value) {
      Map<Parameter<?>, Object> more = new LinkedHashMap<>(values);
      more.put(parameter, value);
      return new Overrides(Collections.unmodifiableMap(more));
    }

    /** These and, where there is one, another value of a parameter. */
    public <T> Overrides with(Parameter<T> parameter, Optional<? extends T> value) {
      return value.isPresent() ? with(parameter, parameter.type().cast(value.get())) : this;
    }

    /** These and other guidance. */
    public Overrides with(Guidance guidance) {
      return with(GUIDANCE, guidance.scale())
          .with(GUIDANCE_RESCALE, guidance.rescale())
          .with(GUIDANCE_START, guidance.start())
          .with(GUIDANCE_END, guidance.end());
    }

    /** These and other micro-conditioning; sizes that it leaves open are not among them. */
    public Overrides with(MicroConditioning conditioning) {
      return with(ORIGINAL_SIZE, conditioning.originalSize())
          .with(CROP_LEFT, conditioning.cropLeft())
          .with(CROP_TOP, conditioning.cropTop())
          .with(TARGET_SIZE, conditioning.targetSize())
          .with(AESTHETIC_SCORE, conditioning.aestheticScore());
    }

    /** These, but what {@code later} says as it says. */
    public Overrides with(Overrides later) {
      Map<Parameter<?>, Object> all = new LinkedHashMap<>(values);
      all.putAll(later.values);
      return new Overrides(Collections.unmodifiableMap(all));
    }

    /** The value of a parameter, where these have one. */
    public <T> Optional<T> get(Parameter<T> parameter) {
      return Optional.ofNullable(values.get(parameter)).map(parameter.type()::cast);
    }

    private <T> T or(Parameter<T> parameter, T otherwise) {
      return get(parameter).orElse(otherwise);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Overrides overrides && values.equals(overrides.values);
    }

    @Override
    public int hashCode() {
      return values.hashCode();
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("Overrides");
      values.forEach(
          (parameter, value) -> text.append(' ').append(parameter.key()).append('=').append(value));
      return text.toString();
    }
  }
}
