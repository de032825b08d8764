package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.SarDiffusionException.Kind;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every error into what the user reads and the exit code that scripts read. */
final class Errors {
  /** What picocli says of a value that is no constant of an enum. */
  private static final Pattern CHOICE =
      Pattern.compile(
          "(.*: expected one of )(\\[.*]) \\(case-insensitive\\) but was (.*)", Pattern.DOTALL);

  private static final int FAILURE = 1;
  private static final int USAGE = 2;
  private static final int INTERRUPTED = 130;

  private Errors() {}

  /** A command line that can't be understood. */
  static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("sar-diffusion: " + message(e));
    if (e instanceof MissingCommandException) {
      err.println();
      command.usage(err);
    } else if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("See \"" + command.getCommandSpec().qualifiedName() + " --help\".");
    }
    return USAGE;
  }

  private static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !e.getCommandLine().getSubcommands().isEmpty()) {
      return "Unknown command \"" + unmatched.getUnmatched().get(0) + "\".";
    }
    if (e instanceof OverwrittenOptionException twice) {
      return ((OptionSpec) twice.getOverwritten()).longestName() + " is given twice.";
    }
    Matcher choice = CHOICE.matcher(e.getMessage());
    return choice.matches()
        ? choice.group(1) + choice.group(2).toLowerCase(Locale.ROOT) + ", not " + choice.group(3)
        : e.getMessage().replaceFirst("^Error: ", "");
  }

  /**
   * Runs a command; what is no exception in Java's eyes, such as a full heap, becomes one here, so
   * that it too ends in a message and not in a stack trace.
   */
  static int run(ParseResult parsed) {
    Interruption.farewell(Interruption.NOTHING_LEFT);
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError | StackOverflowError e) {
      return failure(new IllegalStateException(e), parsed.commandSpec().commandLine(), parsed);
    }
  }

  /** A command that failed. */
  static int failure(Exception e, CommandLine command, ParseResult parsed) {
    Optional<SarDiffusionException> known =
        e instanceof SarDiffusionException ours ? Optional.of(ours) : Optional.empty();
    if (known.filter(ours -> ours.kind() == Kind.CANCELLED).isPresent()) {
      Interruption.sayFarewell(command.getErr());
      return INTERRUPTED;
    }
    command.getErr().println("sar-diffusion: " + message(e));
    if (wantsStackTrace(command)) {
      e.printStackTrace(command.getErr());
    }
    return known.filter(ours -> ours.kind() == Kind.USAGE).isPresent() ? USAGE : FAILURE;
  }

  private static String message(Exception e) {
    if (e.getCause() instanceof OutOfMemoryError) {
      return "out of memory ("
          + e.getCause().getMessage()
          + "). Make smaller images or fewer at once, add --low-memory, or give Java a larger heap: set"
          + " SAR_DIFFUSION_JAVA_ARGS=-Xmx8g.";
    }
    if (e instanceof SarDiffusionException ours) {
      return ours.getMessage() + advice(ours.remedies());
    }
    if (e instanceof UncheckedIOException) {
      return e.getMessage();
    }
    return "something went wrong that should not have ("
        + e
        + "). Please report it, with what --stacktrace prints.";
  }

  /** Remedies as options: parameters are spelled with hyphens there. */
  private static String advice(List<Remedy> remedies) {
    if (remedies.isEmpty()) {
      return "";
    }
    return remedies.stream()
        .map(Errors::advice)
        .collect(Collectors.joining(", ", " (Options: ", ".)"));
  }

  private static String advice(Remedy remedy) {
    String option = "--" + remedy.parameter().replace('_', '-');
    if (remedy instanceof Remedy.Set set) {
      return option + " " + set.value();
    }
    return remedy instanceof Remedy.Omit ? "no " + option : option;
  }

  private static boolean wantsStackTrace(CommandLine command) {
    CommandLine root = command;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return root.getCommand() instanceof SarDiffusionCommand top && top.stacktrace;
  }
}
