package org.sardiffusion.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists, inspects and verifies models. */
@Command(
    name = "model",
    description = "Lists, inspects, verifies and merges models.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion model list --in models",
      "  sar-diffusion model inspect my-bundle",
      "  sar-diffusion model verify my-bundle",
      "  sar-diffusion model merge my-bundle --lora forest.safetensors:0.8 \\",
      "      --out merged"
    },
    subcommands = {
      ModelListCommand.class,
      ModelInspectCommand.class,
      ModelVerifyCommand.class,
      ModelMergeCommand.class
    })
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new MissingCommandException(spec.commandLine());
  }
}
