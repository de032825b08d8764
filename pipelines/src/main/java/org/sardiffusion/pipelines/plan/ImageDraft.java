package org.sardiffusion.pipelines.plan;

import java.util.Map;
import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.ImageParameters;
import org.sardiffusion.pipelines.InputFiles;
import org.sardiffusion.pipelines.list.ImageColumns;
import org.sardiffusion.pipelines.list.PromptListException;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.parameter.Parameter;

/**
 * One combination of a line's options on its way to a request: what the line leaves open is as in
 * the plan's defaults.
 */
final class ImageDraft {
  /** A CLIP tokenizer reads 77 tokens; what is this long is no prompt but a mistake. */
  private static final int LONGEST_PROMPT = 20_000;

  private final Defaults defaults;
  private final String prompt;
  private final String label;
  private final Optional<Split> split;
  private final Overrides overrides;
  private final Size size;

  /**
   * What lines leave open.
   *
   * @param files images that lines start from and follow
   */
  record Defaults(PlanSettings.Defaults settings, InputFiles files) {}

  private ImageDraft(Map<String, String> options, Defaults defaults) {
    this.defaults = defaults;
    prompt = options.getOrDefault(ImageColumns.PROMPT, "");
    label = options.getOrDefault(ImageColumns.LABEL, "").strip();
    split = Optional.ofNullable(options.get(ImageColumns.SPLIT)).map(Split::parse);
    Overrides given = Overrides.NONE;
    for (Map.Entry<String, String> option : options.entrySet()) {
      Optional<Parameter<?>> parameter = ImageColumns.parameter(option.getKey());
      if (parameter.isPresent()) {
        given = given.parse(parameter.get(), option.getValue());
      } else if (option.getKey().equals(ImageColumns.SIZE)) {
        Size both = ImageColumns.size(option.getValue());
        given =
            given
                .with(ImageParameters.WIDTH, both.width())
                .with(ImageParameters.HEIGHT, both.height());
      }
    }
    overrides = given;
    size =
        ImageParameters.size(
            given,
            given.any(ImageParameters.SIZE)
                ? defaults.settings().size()
                : ImageParameters.inputSize(given, defaults.files())
                    .orElse(defaults.settings().size()));
  }

  /**
   * The draft of one combination.
   *
   * @param options by the names of {@link ImageColumns}
   * @throws org.sardiffusion.core.SarDiffusionException if a value can't be
   */
  static ImageDraft of(Map<String, String> options, Defaults defaults) {
    ImageDraft draft = new ImageDraft(options, defaults);
    if (draft.prompt.isBlank()) {
      throw new PromptListException("It has no prompt.");
    }
    if (draft.prompt.length() > LONGEST_PROMPT) {
      throw new PromptListException(
          "Its prompt has " + draft.prompt.length() + " characters; a model reads 77 tokens.");
    }
    return draft;
  }

  String prompt() {
    return prompt;
  }

  String label() {
    return label;
  }

  Optional<Split> split() {
    return split;
  }

  int count() {
    return overrides.or(Sampling.COUNT, defaults.settings().sampling().count());
  }

  /** The seed of the combination's first image, if the line names one. */
  Optional<Long> seed() {
    return overrides.get(Sampling.SEED);
  }

  /** The request of one image. */
  GenerationRequest request(long imageSeed) {
    Sampling sampling = defaults.settings().sampling().with(overrides);
    return GenerationRequest.of(prompt, size, sampling.withSeed(imageSeed).withCount(1));
  }

  /**
   * Where the image lies.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if that can't be
   */
  AffineGrid placement() {
    return ImageParameters.place(overrides, defaults.settings().placement());
  }

  /**
   * What the image starts from and follows.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if a file is missing, or can't be read
   */
  ImageInputs imageInputs() {
    return ImageParameters.inputs(overrides, defaults.files());
  }
}
