package org.sardiffusion.cli;

import java.util.Optional;
import org.sardiffusion.evaluation.suite.PromptSuite;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.evaluation.SuiteImages;
import org.sardiffusion.pipelines.plan.BatchPlan;
import org.sardiffusion.pipelines.plan.PlanSettings;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.diffusion.Sampling;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
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

  /**
   * The images to make.
   *
   * @param options their count is the images of each category
   */
  BatchPlan plan(PromptSuite suite, Bundle bundle, SamplingOptions options) {
    Optional<String> token = bundle.sar().flatMap(SarConfig::triggerToken);
    String words =
        opening.orElseGet(
            () -> token.map(t -> "A " + t + " image of").orElse("A satellite view of"));
    double spacing =
        bundle.sar().map(s -> s.pixelSpacing().orElse(USUAL_PIXEL_SIZE)).orElse(USUAL_PIXEL_SIZE);
    Sampling sampling = options.sampling(bundle);
    return SuiteImages.plan(
            suite,
            words,
            sampling.count(),
            PlanSettings.of(
                options.size(bundle, Optional.empty()), sampling, AffineGrid.unreferenced(spacing)))
        .withBatchSize(options.execution().batchSize());
  }

  /**
   * Refuses what only counts for images that are made.
   *
   * @throws ParameterException if such an option was given
   */
  static void refuseAlone(CommandSpec spec) {
    CommandLine.ParseResult given = spec.commandLine().getParseResult();
    for (String mixin : new String[] {"suite", "sampling"}) {
      for (OptionSpec option : spec.mixins().get(mixin).options()) {
        refuse(spec, given, option.longestName());
      }
    }
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

  /** Makes {@code --count} that of a category, as many as in the paper. */
  static final class CountPerCategory implements CommandLine.IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
      OptionSpec count = spec.findOption("--count");
      spec.remove(count);
      return spec.addOption(
          OptionSpec.builder(count)
              .defaultValue("30")
              .description(
                  "How many images of each category of --suite (default: ${DEFAULT-VALUE}).")
              .build());
    }
  }
}
