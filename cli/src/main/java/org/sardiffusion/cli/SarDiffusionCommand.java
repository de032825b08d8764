package org.sardiffusion.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command itself: what it is, and its subcommands. */
@Command(
    name = "sar-diffusion",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    description = "Makes synthetic aperture radar images with a fine-tuned Stable Diffusion XL.",
    footerHeading = "%nExample:%n",
    footer =
        "  sar-diffusion generate --prompt \"A <SAR> image of a dense forest\" --out forest.png%n%nEvery command has"
            + " its own --help.",
    subcommands = {
      GenerateCommand.class,
      ModelCommand.class,
      ExportCommand.class,
      DoctorCommand.class,
      CompletionCommand.class
    })
final class SarDiffusionCommand implements Runnable {
  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "With an error, also print where in the program it arose.")
  boolean stacktrace;

  @picocli.CommandLine.Spec picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "Say what to do: one of the commands below.");
  }
}
