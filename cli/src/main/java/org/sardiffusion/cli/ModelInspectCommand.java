package org.sardiffusion.cli;

import java.util.concurrent.Callable;
import org.sardiffusion.pipelines.ModelInspection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a model holds. */
@Command(
    name = "inspect",
    description = "Says what a model holds, without loading it.",
    footerHeading = "%nExamples:%n",
    footer = {"  sar-diffusion model inspect", "  sar-diffusion model inspect my-bundle --json"})
final class ModelInspectCommand implements Callable<Integer> {
  @Mixin private ModelArgument model;

  @Option(names = "--json", description = "Print one JSON object on standard output.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    InspectionReport report = new InspectionReport(ModelInspection.of(model.bundle()));
    if (json) {
      spec.commandLine().getOut().println(report.toJson());
    } else {
      report.print(spec.commandLine().getOut());
    }
    return 0;
  }
}
