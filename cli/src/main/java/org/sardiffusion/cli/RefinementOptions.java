package org.sardiffusion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.geo.tiff.Compression;
import org.sardiffusion.pipelines.refinement.RadarInput;
import org.sardiffusion.pipelines.refinement.Radiometry;
import org.sardiffusion.pipelines.refinement.Refinement;
import org.sardiffusion.pipelines.refinement.RefinementSettings;
import org.sardiffusion.pipelines.refinement.UpscaleOutcome;
import org.sardiffusion.pipelines.refinement.UpscaleRequest;
import org.sardiffusion.pipelines.refinement.Upscaling;
import org.sardiffusion.pipelines.refinement.Window;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.diffusion.DiffusionRequest;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.ImageSize;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.session.Cancellation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What {@code upscale} and {@code refine} have in common: all but where the image comes from. */
final class RefinementOptions {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      required = true,
      description = "What the image shows, such as \"A <SAR> image of an airport\".")
  private String prompt;

  @Option(
      names = "--negative-prompt",
      paramLabel = "TEXT",
      description = "What it should not show.")
  private Optional<String> negativePrompt = Optional.empty();

  @Option(
      names = "--spacing",
      paramLabel = "M",
      converter = RefinementConverters.ToSpacing.class,
      description =
          "Distance between the input's pixels in metres, or COLUMNS,ROWS; what the file says if not given.")
  private Optional<Spacing> spacing = Optional.empty();

  @Option(
      names = "--window",
      paramLabel = "X,Y,W,H",
      converter = RefinementConverters.ToWindow.class,
      description = "Take this part of the input only, in its pixels: a quick try.")
  private Optional<Window> window = Optional.empty();

  @Option(
      names = "--strength",
      paramLabel = "X",
      description =
          "How far to go from the resampled input, above 0 to 1 ("
              + RefinementSettings.CONTROLLED_STRENGTH
              + " with a ControlNet, "
              + RefinementSettings.IMAGE_STRENGTH
              + " without, if not given).")
  private Optional<Double> strength = Optional.empty();

  @Option(
      names = "--control-scale",
      paramLabel = "X",
      defaultValue = "" + RefinementSettings.CONTROL_SCALE,
      description = "How strongly a ControlNet follows the input (default: ${DEFAULT-VALUE}).")
  private double controlScale;

  @Option(
      names = "--radiometry",
      paramLabel = "KIND",
      defaultValue = "normalised",
      completionCandidates = RadiometryNames.class,
      description = {
        "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
        "normalised: amplitude in [0,1]; preserve: the input's unit; both keep the input's local mean.",
        "model: amplitude in [0,1] as the model makes it."
      })
  private Radiometry radiometry;

  /** For the help and for completion, which know no lower case by themselves. */
  private static final class RadiometryNames extends LowerCaseNames {
    private static final long serialVersionUID = 1L;

    RadiometryNames() {
      super(Radiometry.values());
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
      description =
          "Of its pixels: ${COMPLETION-CANDIDATES}, but not lzw (default: ${DEFAULT-VALUE}).")
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
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "How many steps; what the model recommends, else 50.")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--scheduler",
      paramLabel = "NAME",
      converter = Converters.ToSampler.class,
      completionCandidates = SamplingOptions.SamplerNames.class,
      description = {
        "The sampler: ${COMPLETION-CANDIDATES}.",
        "What the model recommends, else its own, if not given."
      })
  private Optional<SamplerName> scheduler = Optional.empty();

  @Option(
      names = "--guidance",
      paramLabel = "X",
      description = "Guidance scale; 1 or less is off. What the model recommends, else 5.")
  private Optional<Double> guidance = Optional.empty();

  @Option(
      names = "--decode-tile",
      paramLabel = "N",
      defaultValue = "" + DiffusionRequest.DECODE_TILE,
      description =
          "Encode and decode images larger than N latent pixels in tiles of that size (default: ${DEFAULT-VALUE}).")
  private int decodeTile;

  @Mixin private EngineOptions engine;

  @Option(
      names = "--json",
      description = "Print one JSON object on standard output: files, parameters, seconds.")
  private boolean json;

  @Option(names = "--quiet", description = "No progress, no notes.")
  private boolean quiet;

  /**
   * Refines a file.
   *
   * @return the exit code
   */
  int run(Path input, Optional<Polarisation> polarisation, CommandSpec spec) {
    long start = System.nanoTime();
    Bundle bundle = engine.bundle();
    UpscaleRequest request =
        new UpscaleRequest(
            new RadarInput(input, spacing, window, polarisation),
            new RefinementSettings(
                sampling(bundle),
                strength.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                controlScale,
                radiometry),
            new UpscaleRequest.Output(out, compression, preview, report));
    ConsoleListener console = new ConsoleListener(spec.commandLine().getErr(), quiet);
    try (Cancellation cancellation = Interruption.cancellation();
        Refinement refinement = Refinement.open(bundle, engine.settings(), console::warning)) {
      console.begin(request.settings().sampling());
      UpscaleOutcome outcome = new Upscaling(refinement).run(request, console, cancellation);
      console.end();
      if (json) {
        double seconds = (System.nanoTime() - start) * 1e-9;
        spec.commandLine().getOut().println(toJson(outcome, console.warnings(), seconds));
      } else if (!quiet) {
        outcome.files().forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().flush();
      }
      return 0;
    } finally {
      console.end();
    }
  }

  private DiffusionRequest sampling(Bundle bundle) {
    Optional<SarConfig.Recommended> recommended = bundle.sar().map(SarConfig::recommended);
    ImageSize usual = new ImageSize(bundle.defaultWidth(), bundle.defaultHeight());
    Optional<SamplerName> sampler =
        scheduler.or(() -> recommended.flatMap(r -> r.scheduler()).map(SamplerName::parse));
    DiffusionRequest.Builder request =
        DiffusionRequest.builder(prompt, usual)
            .seed(seed)
            .steps(steps.orElseGet(() -> recommended.map(r -> r.steps().orElse(50)).orElse(50)))
            .guidance(
                Guidance.of(
                    guidance.orElseGet(
                        () -> recommended.map(r -> r.guidanceScale().orElse(5)).orElse(5.0))))
            .decodeTile(decodeTile);
    negativePrompt.ifPresent(request::negativePrompt);
    sampler.ifPresent(name -> request.sampler(new SamplerChoice.Named(name)));
    return request.build();
  }

  private static String toJson(UpscaleOutcome outcome, List<String> warnings, double seconds) {
    ObjectNode json = MAPPER.createObjectNode();
    ObjectNode output = json.putArray("outputs").addObject();
    output.put("file", outcome.files().get(0).toString());
    ArrayNode beside = output.putArray("beside");
    outcome.files().stream().skip(1).forEach(file -> beside.add(file.toString()));
    try {
      json.set("parameters", MAPPER.readTree(outcome.recipe()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A recipe is JSON.", e);
    }
    json.put("seed", json.at("/parameters/seed").asLong());
    json.putArray("spacing_m")
        .add(outcome.image().spacing().columns())
        .add(outcome.image().spacing().rows());
    json.put("tiles", outcome.image().means().tiles());
    var stages = outcome.image().means().seconds();
    json.putObject("seconds")
        .put("encode", stages.encode())
        .put("denoise", stages.denoise())
        .put("unet", stages.unet())
        .put("decode", stages.decode())
        .put("total", seconds);
    ArrayNode said = json.putArray("warnings");
    warnings.forEach(said::add);
    return json.toString();
  }
}
