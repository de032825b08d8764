package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Prints a completion script. */
@Command(
    name = "completion",
    description = "Prints a completion script for bash and zsh.",
    footerHeading = "%nExample:%n",
    footer = "  source <(sar-diffusion completion)")
final class CompletionCommand implements Callable<Integer> {
  /** What picocli writes for an option whose values it can't guess. */
  private static final String NO_VALUES =
      """
          '%s')
            return
            ;;
      """;

  private static final String FILES =
      """
          '%s')
            local IFS=$'\\n'
            type compopt &>/dev/null && compopt -o filenames
            COMPREPLY=( $( compgen -f -- "${curr_word}" ) )
            return $?
            ;;
      """;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    String script = AutoComplete.bash("sar-diffusion", root);
    Set<String> paths = new TreeSet<>();
    collectPaths(root, paths);
    // picocli completes files for a Path, but not for an Optional<Path>.
    for (String option : paths) {
      script = script.replace(NO_VALUES.formatted(option), FILES.formatted(option));
    }
    spec.commandLine().getOut().print(script);
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static void collectPaths(CommandLine command, Set<String> paths) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      boolean optionalPath =
          option.typeInfo().isOptional()
              && option.auxiliaryTypes().length > 0
              && option.auxiliaryTypes()[0] == Path.class;
      if (optionalPath) {
        paths.add(option.longestName());
      }
    }
    command.getSubcommands().values().forEach(below -> collectPaths(below, paths));
  }
}
