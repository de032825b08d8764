package org.sardiffusion.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself: what it is, and its subcommands. */
@Command(
    name = "sar-diffusion",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    description = "Makes synthetic aperture radar images with a fine-tuned Stable Diffusion XL.",
    footerHeading = "%nExample:%n",
    footer =
        "  sar-diffusion generate --prompt \"A <SAR> image of a forest\" --out forest.png%n%n"
            + "Every command has its own --help.",
    subcommands = {
      GenerateCommand.class,
      BatchCommand.class,
      UpscaleCommand.class,
      RefineCommand.class,
      SceneCommand.class,
      ModelCommand.class,
      DatasetCommand.class,
      EvaluateCommand.class,
      TrainCommand.class,
      ExportCommand.class,
      DoctorCommand.class,
      ParametersCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    })
final class SarDiffusionCommand implements Runnable {
  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "With an error, also print where in the program it arose.")
  boolean stacktrace;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new MissingCommandException(spec.commandLine());
  }
}
