package org.sardiffusion.cli;

import java.util.List;
import java.util.Optional;
import org.sardiffusion.cli.Converters.Pair;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.MicroConditioning;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.StepPlan;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What to generate, and how. */
final class SamplingOptions {
  @Option(
      names = "--negative-prompt",
      paramLabel = "TEXT",
      description = "What the image should not show.")
  private Optional<String> negativePrompt = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the first image; image k has seed N+k (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many images (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--width",
      paramLabel = "PIXELS",
      description = "Width; the model's own if not given.")
  private Optional<Integer> width = Optional.empty();

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      description = "Height; the model's own if not given.")
  private Optional<Integer> height = Optional.empty();

  @ArgGroup private Steps steps = new Steps();

  /** The three ways to say which steps to take. */
  static final class Steps {
    @Option(
        names = "--steps",
        paramLabel = "N",
        description = "How many steps; what the model recommends, else 50.")
    private Optional<Integer> count = Optional.empty();

    @Option(
        names = "--timesteps",
        paramLabel = "T",
        split = ",",
        description = "Or which training timesteps, descending, such as 999,750,500,250.")
    private List<Integer> timesteps = List.of();

    @Option(
        names = "--sigmas",
        paramLabel = "SIGMA",
        split = ",",
        description = "Or which noise levels, descending, such as 14.6,3.1,0.7,0.")
    private List<Double> sigmas = List.of();
  }

  @Option(
      names = "--scheduler",
      paramLabel = "NAME",
      converter = Converters.ToSampler.class,
      completionCandidates = SamplerNames.class,
      description = {
        "The sampler: ${COMPLETION-CANDIDATES}.",
        "What the model recommends, else its own, if not given."
      })
  private Optional<SamplerName> scheduler = Optional.empty();

  /** For the help and for completion. */
  static final class SamplerNames extends java.util.ArrayList<String> {
    private static final long serialVersionUID = 1L;

    SamplerNames() {
      for (SamplerName name : SamplerName.values()) {
        add(name.id());
      }
    }
  }

  @Option(
      names = "--eta",
      paramLabel = "X",
      defaultValue = "0",
      description = "Fresh noise in ddim, from 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double eta;

  @Option(
      names = "--guidance",
      paramLabel = "X",
      description = "Guidance scale; 1 or less is off. What the model recommends, else 5.")
  private Optional<Double> guidance = Optional.empty();

  @Option(
      names = "--guidance-rescale",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "From 0 to 1: undo the contrast that guidance adds (default: ${DEFAULT-VALUE}).")
  private double guidanceRescale;

  @Option(
      names = "--guidance-interval",
      paramLabel = "FROM,TO",
      defaultValue = "0,1",
      converter = Converters.ToPair.class,
      description = "Guide only this part of the steps (default: ${DEFAULT-VALUE}).")
  private Pair guidanceInterval;

  @Option(
      names = "--clip-skip",
      paramLabel = "N",
      defaultValue = "0",
      description = "Layers of the text encoders to skip (default: ${DEFAULT-VALUE}).")
  private int clipSkip;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1",
      description = "Images to make at once (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--decode-tile",
      paramLabel = "N",
      defaultValue = "128",
      description =
          "Decode images larger than N latent pixels in tiles of that size (default: ${DEFAULT-VALUE}).")
  private int decodeTile;

  @Option(
      names = "--original-size",
      paramLabel = "WxH",
      converter = Converters.ToSize.class,
      description = "Micro-conditioning: the original image's size; the image's if not given.")
  private Optional<Size> originalSize = Optional.empty();

  @Option(
      names = "--crop",
      paramLabel = "X,Y",
      defaultValue = "0,0",
      converter = Converters.ToPair.class,
      description =
          "Micro-conditioning: pixels cropped at the left and the top (default: ${DEFAULT-VALUE}).")
  private Pair crop;

  @Option(
      names = "--target-size",
      paramLabel = "WxH",
      converter = Converters.ToSize.class,
      description = "Micro-conditioning: the size after scaling; the image's if not given.")
  private Optional<Size> targetSize = Optional.empty();

  @Option(
      names = "--negative-original-size",
      paramLabel = "WxH",
      converter = Converters.ToSize.class,
      description =
          "The same for the negative prompt; counts only together with --negative-target-size.")
  private Optional<Size> negativeOriginalSize = Optional.empty();

  @Option(
      names = "--negative-crop",
      paramLabel = "X,Y",
      defaultValue = "0,0",
      converter = Converters.ToPair.class,
      description = "The same for the negative prompt (default: ${DEFAULT-VALUE}).")
  private Pair negativeCrop;

  @Option(
      names = "--negative-target-size",
      paramLabel = "WxH",
      converter = Converters.ToSize.class,
      description =
          "The same for the negative prompt; counts only together with --negative-original-size.")
  private Optional<Size> negativeTargetSize = Optional.empty();

  @Option(
      names = "--aesthetic-score",
      paramLabel = "X",
      defaultValue = "6",
      description = "For refiner models (default: ${DEFAULT-VALUE}).")
  private double aestheticScore;

  @Option(
      names = "--negative-aesthetic-score",
      paramLabel = "X",
      defaultValue = "2.5",
      description = "For refiner models (default: ${DEFAULT-VALUE}).")
  private double negativeAestheticScore;

  /**
   * The size; the model's own if nothing says another.
   *
   * @param given the size of the images that were given, where there are any
   */
  Size size(Bundle bundle, Optional<Size> given) {
    Size usual = given.orElse(new Size(bundle.defaultWidth(), bundle.defaultHeight()));
    return new Size(width.orElse(usual.width()), height.orElse(usual.height()));
  }

  /** How images are drawn; what the user left open comes from the bundle, else from diffusers. */
  Sampling sampling(Bundle bundle) {
    return Sampling.defaults(bundle).with(overrides());
  }

  Execution execution() {
    return Execution.inBatchesOf(batchSize);
  }

  private Sampling.Overrides overrides() {
    return Sampling.Overrides.NONE
        .with(Sampling.SEED, seed)
        .with(Sampling.COUNT, count)
        .with(Sampling.STEPS, plan())
        .with(Sampling.SAMPLER, scheduler.map(SamplerChoice.Named::new))
        .with(Sampling.ETA, eta)
        .with(Sampling.GUIDANCE, guidance)
        .with(Sampling.GUIDANCE_RESCALE, guidanceRescale)
        .with(Sampling.GUIDANCE_START, guidanceInterval.x())
        .with(Sampling.GUIDANCE_END, guidanceInterval.y())
        .with(Sampling.NEGATIVE_PROMPT, negativePrompt)
        .with(Sampling.CLIP_SKIP, clipSkip)
        .with(Sampling.ORIGINAL_SIZE, originalSize)
        .with(Sampling.CROP_LEFT, crop.wholeX())
        .with(Sampling.CROP_TOP, crop.wholeY())
        .with(Sampling.TARGET_SIZE, targetSize)
        .with(Sampling.AESTHETIC_SCORE, aestheticScore)
        .with(Sampling.NEGATIVE_CONDITIONING, negativeConditioning())
        .with(Sampling.DECODE_TILE, decodeTile);
  }

  private Optional<StepPlan> plan() {
    if (!steps.timesteps.isEmpty()) {
      return Optional.of(new StepPlan.Timesteps(steps.timesteps));
    }
    if (!steps.sigmas.isEmpty()) {
      return Optional.of(new StepPlan.Sigmas(steps.sigmas));
    }
    return steps.count.map(StepPlan.Steps::new);
  }

  /** diffusers takes the negative sizes only when both are there. */
  private Optional<MicroConditioning> negativeConditioning() {
    boolean sizes = negativeOriginalSize.isPresent() && negativeTargetSize.isPresent();
    if (!sizes && negativeAestheticScore == MicroConditioning.NEGATIVE_AESTHETIC_SCORE) {
      return Optional.empty();
    }
    return Optional.of(
        sizes
            ? new MicroConditioning(
                negativeOriginalSize,
                negativeCrop.wholeX(),
                negativeCrop.wholeY(),
                negativeTargetSize,
                negativeAestheticScore)
            : new MicroConditioning(
                originalSize, crop.wholeX(), crop.wholeY(), targetSize, negativeAestheticScore));
  }
}
