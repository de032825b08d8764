package org.sardiffusion.cli;

import picocli.CommandLine.Command;

/** Lists, inspects and verifies models. */
@Command(
    name = "model",
    description = "Lists, inspects and verifies models.",
    subcommands = ModelMergeCommand.class)
final class ModelCommand {}
