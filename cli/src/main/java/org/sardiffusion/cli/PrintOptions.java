package org.sardiffusion.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a command tells what it made: to people, to programs, or not at all. */
final class PrintOptions {
  @Option(names = "--json", description = "Print one JSON object on standard output.")
  private boolean json;

  @Option(names = "--quiet", description = "No progress, no notes, no summary.")
  private boolean quiet;

  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  /** What came of a command. */
  interface Result {
    /** One JSON object for programs. */
    String toJson();

    /** The same for people. */
    void print(PrintWriter out);

    /** The exit code. */
    default int status() {
      return 0;
    }
  }

  /**
   * Tells the result on standard output.
   *
   * @return the exit code
   */
  int print(Result result, CommandSpec spec) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(result.toJson());
    } else if (!quiet) {
      result.print(out);
    }
    out.flush();
    return result.status();
  }
}
