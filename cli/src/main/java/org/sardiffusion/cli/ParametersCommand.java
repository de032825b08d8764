package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.sardiffusion.pipelines.OptionTable;
import org.sardiffusion.runtime.parameter.Parameter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option table, for those who write lists, recipes or clients. */
@Command(
    name = "parameters",
    description = {
      "Shows the parameters of an image: the names of list columns and of recipe fields.",
      "Options of commands have the same names, with hyphens."
    },
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer = "  sar-diffusion parameters --json > parameters.schema.json")
final class ParametersCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print them as a JSON Schema.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(OptionTable.schema().toPrettyString());
    } else {
      OptionTable.ROWS.forEach(row -> print(row, out));
    }
    out.flush();
    return 0;
  }

  private static void print(Parameter<?> row, PrintWriter out) {
    out.println(row.key() + (row.type().label().isEmpty() ? "" : "  " + row.type().label()));
    row.help().forEach(sentence -> out.println("    " + sentence));
  }
}
