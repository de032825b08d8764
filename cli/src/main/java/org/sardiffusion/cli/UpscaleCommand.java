package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sardiffusion.geo.raster.Polarisation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A coarse image to the spacing of the model. */
@Command(
    name = "upscale",
    description = "Makes a finer image of a TerraSAR-X product or another radar image.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion upscale TSX1_SAR__SSC.xml --prompt \"A <SAR> image of an airport\" \\",
      "      --window 0,0,200,200 --orthorectify --preview scene.png --out scene.tif",
      "  sar-diffusion upscale TSX1_SAR__SSC.xml --from scene.tif --out again.tif",
      "  sar-diffusion upscale image.npy --spacing 1.35 --prompt \"A <SAR> image of a forest\" \\",
      "      --radiometry preserve --report scene.html --out scene.tif"
    })
final class UpscaleCommand implements Callable<Integer>, ParameterOptions.Taker {
  @Parameters(
      paramLabel = "INPUT",
      description =
          "A TerraSAR-X product (its main annotation .xml, or its folder), or a GeoTIFF, NPY, ENVI, PNG or JPEG image.")
  private Path input;

  @Option(
      names = "--polarisation",
      paramLabel = "NAME",
      description = "Of a product: ${COMPLETION-CANDIDATES}; its first one if not given.")
  private Optional<Polarisation> polarisation = Optional.empty();

  @Mixin private RefinementOptions options;

  @Spec private CommandSpec spec;

  @Override
  public ParameterOptions parameters() {
    return options.parameters();
  }

  @Override
  public Integer call() {
    return new RefinementRun(options, input, polarisation, spec).call();
  }
}
