package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A simulated image to a realistic one. */
@Command(
    name = "refine",
    description = "Makes a realistic, finer image of a simulated one.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion refine simulated.tif --spacing 0.8 --prompt \"A <SAR> image of an airport\" \\",
      "      --preview refined.png --out refined.tif"
    })
final class RefineCommand implements Callable<Integer>, ParameterOptions.Taker {
  @Parameters(
      paramLabel = "INPUT",
      description = "The simulated image: GeoTIFF, ENVI, NPY or PNG, complex or amplitude.")
  private Path input;

  @Mixin private RefinementOptions options;

  @Spec private CommandSpec spec;

  @Override
  public ParameterOptions parameters() {
    return options.parameters();
  }

  @Override
  public Integer call() {
    return new RefinementRun(options, input, Optional.empty(), spec).call();
  }
}
