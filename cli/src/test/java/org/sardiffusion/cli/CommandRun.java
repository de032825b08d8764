package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** One run of the whole command inside this process. */
record CommandRun(int status, String out, String err) {

  static CommandRun of(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setUsageHelpAutoWidth(false);
    int status = command.execute(arguments.toArray(String[]::new));
    return new CommandRun(status, out.toString(), err.toString());
  }

  static CommandRun of(String... arguments) {
    return of(List.of(arguments));
  }

  /** {@code generate} in one step with the bundle {@code model} into {@code out}, and more. */
  static CommandRun generate(Object model, Object out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "generate",
                "--prompt",
                "A <SAR> image of a dense forest",
                "--model",
                model.toString(),
                "--out",
                out.toString()));
    arguments.addAll(List.of(more));
    return of(arguments);
  }
}
