package org.sardiffusion.cli;

import org.sardiffusion.runtime.diffusion.Execution;
import picocli.CommandLine.Option;

/** How the work is divided: it changes speed, and never what is made. */
final class ExecutionOptions {
  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1",
      description = "Images to make at once (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  Execution execution() {
    return Execution.inBatchesOf(batchSize);
  }
}
