package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.ortho.WarpKernel;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.refinement.GroundProjection;
import org.sardiffusion.pipelines.refinement.RefinementException;
import org.sardiffusion.pipelines.refinement.RefinementSettings;
import org.sardiffusion.pipelines.refinement.UpscaleRequest;
import org.sardiffusion.runtime.diffusion.Sampling;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code upscale} and {@code refine} have in common: all but where the image comes from. */
final class RefinementOptions {
  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What the image shows, such as \"A <SAR> image of an airport\".")
  Optional<String> prompt = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "IMAGE.tif",
      description = {
        "Make that image again from the same input, by the recipe that it carries.",
        "With other options, one more of its kind: --seed 8."
      })
  Optional<Path> from = Optional.empty();

  @Option(
      names = "--spacing",
      paramLabel = "M",
      converter = RefinementConverters.ToSpacing.class,
      description =
          "Distance between the input's pixels in metres, or COLUMNS,ROWS; what the file says if not given.")
  Optional<Spacing> spacing = Optional.empty();

  @Option(
      names = "--window",
      paramLabel = "X,Y,W,H",
      converter = WindowConverter.class,
      description = "Take this part of the input only, in its pixels: a quick try.")
  Optional<Window> window = Optional.empty();

  @Option(
      names = "--strength",
      paramLabel = "X",
      description =
          "How far to go from the resampled input, above 0 to 1 ("
              + RefinementSettings.CONTROLLED_STRENGTH
              + " with a ControlNet, "
              + RefinementSettings.IMAGE_STRENGTH
              + " without, if not given).")
  Optional<Double> strength = Optional.empty();

  @Option(
      names = "--control-scale",
      paramLabel = "X",
      description =
          "How strongly a ControlNet follows the input (default: "
              + RefinementSettings.CONTROL_SCALE
              + ").")
  Optional<Double> controlScale = Optional.empty();

  @Option(
      names = "--radiometry",
      paramLabel = "KIND",
      completionCandidates = RadiometryNames.class,
      description = {
        "${COMPLETION-CANDIDATES} (default: normalised).",
        "normalised: amplitude in [0,1]; preserve: the input's unit; both keep the input's local mean.",
        "model: amplitude in [0,1] as the model makes it.",
        "beta0, sigma0: as preserve, of a TerraSAR-X product that is calibrated first: the pixels are",
        "square roots of beta nought, or of sigma nought with the receiver's noise taken off."
      })
  Optional<RadiometryChoice> radiometry = Optional.empty();

  /** For the help and for completion, which know no lower case by themselves. */
  private static final class RadiometryNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    RadiometryNames() {
      super(RadiometryChoice.values());
    }
  }

  @Option(
      names = "--orthorectify",
      description = {
        "Bring the image from slant range to a map, at the terrain height of the product's grid.",
        "Without it, the image keeps the geometry of the input, with control points."
      })
  private boolean orthorectify;

  @Option(
      names = "--crs",
      paramLabel = "EPSG:N",
      description = "The map's coordinate system; the UTM zone of the image's centre if not given.")
  private Optional<String> crs = Optional.empty();

  @Option(
      names = "--pixel-size",
      paramLabel = "M",
      description =
          "Side of the map's pixels, in units of its coordinate system; the model's spacing if not given.")
  private Optional<Double> pixelSize = Optional.empty();

  @Option(
      names = "--resampling",
      paramLabel = "KIND",
      completionCandidates = KernelNames.class,
      description =
          "Of amplitudes on the way to the map: ${COMPLETION-CANDIDATES} (default: lanczos).")
  private Optional<WarpKernel> resampling = Optional.empty();

  /** As {@link RadiometryNames}. */
  private static final class KernelNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    KernelNames() {
      super(WarpKernel.values());
    }
  }

  @Option(
      names = "--out",
      paramLabel = "FILE.tif",
      defaultValue = "sar.tif",
      description = "The GeoTIFF to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--compression",
      paramLabel = "METHOD",
      defaultValue = "deflate",
      completionCandidates = CompressionNames.class,
      description = "Of its pixels: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Compression compression;

  /** As {@link RadiometryNames}. */
  private static final class CompressionNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    CompressionNames() {
      super(Compression.values());
    }
  }

  @Option(
      names = "--preview",
      paramLabel = "FILE.png",
      description =
          "Also write input, output and the difference of their local means side by side.")
  private Optional<Path> preview = Optional.empty();

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Also write histograms, local means and spectra before and after.")
  private Optional<Path> report = Optional.empty();

  @Option(
      names = "--resampled",
      paramLabel = "FILE.npy",
      description =
          "Also write the input as it was resampled, before the model: float32, [H,W], its own unit.")
  private Optional<Path> resampled = Optional.empty();

  private final ParameterOptions parameters =
      ParameterOptions.of(
          List.of(
              Sampling.NEGATIVE_PROMPT,
              Sampling.SEED,
              Sampling.STEPS,
              Sampling.SCHEDULER,
              Sampling.GUIDANCE,
              Sampling.GUIDANCE_RESCALE,
              Sampling.GUIDANCE_INTERVAL,
              Sampling.DECODE_TILE));

  ParameterOptions parameters() {
    return parameters;
  }

  @Mixin EngineOptions engine;

  @Mixin PrintOptions print;

  UpscaleRequest.Output output() {
    return new UpscaleRequest.Output(
        out, compression, ground(), new UpscaleRequest.SideOutputs(preview, report, resampled));
  }

  RadiometryChoice chosen() {
    return radiometry.orElse(RadiometryChoice.NORMALISED);
  }

  private Optional<GroundProjection> ground() {
    if (orthorectify) {
      return Optional.of(
          new GroundProjection(
              crs,
              pixelSize.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
              resampling.orElse(WarpKernel.LANCZOS)));
    }
    if (crs.isPresent() || pixelSize.isPresent() || resampling.isPresent()) {
      throw new RefinementException(
          "--crs, --pixel-size and --resampling go with --orthorectify only: an image that is not"
              + " brought to a map keeps the place of its input.");
    }
    return Optional.empty();
  }
}
