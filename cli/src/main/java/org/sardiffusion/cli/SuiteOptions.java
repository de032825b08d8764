package org.sardiffusion.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.evaluation.suite.PromptSuite;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageParameters;
import org.sardiffusion.pipelines.evaluation.SuiteImages;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlanSettings;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** How the images of a prompt suite are asked for. */
final class SuiteOptions {
  /** The spacing that SAR models of this project are trained at. */
  private static final double USUAL_PIXEL_SIZE = 0.4;

  @Option(
      names = "--opening",
      paramLabel = "TEXT",
      description =
          "What every prompt of --suite begins with (default: \"A <SAR> image of\" with the model's"
              + " own token; \"A satellite view of\" for a model without one).")
  private Optional<String> opening = Optional.empty();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "30",
      description = "How many images of each category of --suite (default: ${DEFAULT-VALUE}).")
  private int count;

  @Mixin private ExecutionOptions execution;

  /** The options of sampling; their count is another here. */
  static ParameterOptions sampling() {
    return ParameterOptions.of(Sampling.PARAMETERS)
        .and(ImageParameters.SIZE)
        .without(Sampling.COUNT)
        .withOneOf(Sampling.STEP_PLANS);
  }

  /**
   * The images to make.
   *
   * @param given what the user said of them
   */
  BatchPlan plan(PromptSuite suite, Bundle bundle, Overrides given) {
    Optional<String> token = bundle.sar().flatMap(SarConfig::triggerToken);
    String words =
        opening.orElseGet(
            () -> token.map(t -> "A " + t + " image of").orElse("A satellite view of"));
    double spacing =
        bundle.sar().map(s -> s.pixelSpacing().orElse(USUAL_PIXEL_SIZE)).orElse(USUAL_PIXEL_SIZE);
    Size usual = new Size(bundle.defaultWidth(), bundle.defaultHeight());
    return SuiteImages.plan(
            suite,
            words,
            count,
            PlanSettings.of(
                ImageParameters.size(given, usual),
                Sampling.defaults(bundle).with(given).withCount(count),
                AffineGrid.unreferenced(spacing)))
        .withBatchSize(execution.execution().batchSize());
  }

  /**
   * Refuses what only counts for images that are made.
   *
   * @throws ParameterException if such an option was given
   */
  static void refuseAlone(CommandSpec spec) {
    CommandLine.ParseResult given = spec.commandLine().getParseResult();
    for (OptionSpec option : spec.mixins().get("suite").options()) {
      refuse(spec, given, option.longestName());
    }
    Stream.of(Sampling.PARAMETERS, ImageParameters.SIZE)
        .flatMap(List::stream)
        .forEach(parameter -> refuse(spec, given, ParameterOptions.name(parameter)));
    refuse(spec, given, "--model");
  }

  private static void refuse(CommandSpec spec, CommandLine.ParseResult given, String option) {
    if (given.hasMatchedOption(option)) {
      throw new ParameterException(
          spec.commandLine(),
          option
              + " is for images that are made here: it needs --suite paper. Those of --generated"
              + " and --compare are there already.");
    }
  }

  /** Reads the name of a suite. */
  static final class ToSuite implements ITypeConverter<PromptSuite> {
    @Override
    public PromptSuite convert(String text) {
      if (!text.equals("paper")) {
        throw new TypeConversionException("there is no suite \"" + text + "\"; use paper");
      }
      return PromptSuite.paper();
    }
  }
}
