package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Where the command starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Interruption interruption = Interruption.install();
    interruption.exit(commandLine().execute(LongArguments.or(arguments)));
  }

  /** The whole command, ready to execute; made anew for each use. */
  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new SarDiffusionCommand());
    ParameterOptions.addAll(command);
    Converters.addNumbersTo(command);
    return command
        .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        // A prompt may begin with @.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionStrategy(Errors::run)
        .setParameterExceptionHandler(Errors::usage)
        .setExecutionExceptionHandler(Errors::failure);
  }
}
