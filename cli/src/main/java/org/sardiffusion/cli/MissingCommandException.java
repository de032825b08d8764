package org.sardiffusion.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** A command that does nothing without one of its subcommands. */
final class MissingCommandException extends ParameterException {
  private static final long serialVersionUID = 1L;

  MissingCommandException(CommandLine command) {
    super(command, "Say what to do: one of the commands below.");
  }
}
