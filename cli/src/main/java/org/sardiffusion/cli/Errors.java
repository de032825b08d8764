package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.sardiffusion.geo.GeoIoException;
import org.sardiffusion.runtime.SarDiffusionException;
import org.sardiffusion.runtime.diffusion.GenerationException;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.session.CancelledException;
import org.sardiffusion.training.TrainingBridgeException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns every error into what the user reads and the exit code that scripts read. */
final class Errors {
  private static final int FAILURE = 1;
  private static final int USAGE = 2;
  private static final int INTERRUPTED = 130;

  private Errors() {}

  /** A command line that can't be understood. */
  static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("sar-diffusion: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("See \"" + command.getCommandSpec().qualifiedName() + " --help\".");
    }
    if (command.getCommandSpec().parent() == null) {
      err.println();
      command.usage(err);
    }
    return USAGE;
  }

  /** A command that failed. */
  static int failure(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof CancelledException) {
      command.getErr().println("sar-diffusion: interrupted; nothing was left behind.");
      return INTERRUPTED;
    }
    command.getErr().println("sar-diffusion: " + message(e));
    if (wantsStackTrace(command)) {
      e.printStackTrace(command.getErr());
    }
    return e instanceof GenerationException || e instanceof SchedulerException ? USAGE : FAILURE;
  }

  private static String message(Exception e) {
    if (e instanceof SarDiffusionException
        || e instanceof GeoIoException
        || e instanceof TrainingBridgeException
        || e instanceof UncheckedIOException) {
      return e.getMessage();
    }
    return "something went wrong that should not have ("
        + e
        + "). Please report it, with what --stacktrace prints.";
  }

  private static boolean wantsStackTrace(CommandLine command) {
    CommandLine root = command;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return root.getCommand() instanceof SarDiffusionCommand top && top.stacktrace;
  }
}
