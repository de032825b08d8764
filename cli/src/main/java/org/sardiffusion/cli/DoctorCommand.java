package org.sardiffusion.cli;

import picocli.CommandLine.Command;

/** Says what this machine can run. */
@Command(name = "doctor", description = "Says what this machine can run.")
final class DoctorCommand {}
