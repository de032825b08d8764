package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.runtime.bundle.Bundle;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model that a command is about: the argument, or {@code --model} as everywhere. */
final class ModelArgument {
  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "The model bundle; the embedded default model if not given.")
  private Optional<Path> argument = Optional.empty();

  @Option(names = "--model", paramLabel = "DIR", description = "The same, as an option.")
  private Optional<Path> option = Optional.empty();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  Bundle bundle() {
    if (argument.isPresent() && option.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "Give the model once: as the argument or with --model.");
    }
    return Bundle.open(ModelFolder.orDefault(argument.or(() -> option)));
  }
}
