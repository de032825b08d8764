package org.sardiffusion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.files.Compression;
import org.sardiffusion.geo.ortho.WarpKernel;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.pipelines.recipe.Refine;
import org.sardiffusion.pipelines.refinement.GroundProjection;
import org.sardiffusion.pipelines.refinement.PreparedUpscale;
import org.sardiffusion.pipelines.refinement.RadarInput;
import org.sardiffusion.pipelines.refinement.Refinement;
import org.sardiffusion.pipelines.refinement.RefinementException;
import org.sardiffusion.pipelines.refinement.RefinementSettings;
import org.sardiffusion.pipelines.refinement.UpscaleOutcome;
import org.sardiffusion.pipelines.refinement.UpscaleRequest;
import org.sardiffusion.pipelines.refinement.Upscaling;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Model;
import org.sardiffusion.runtime.diffusion.Prompt;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code upscale} and {@code refine} have in common: all but where the image comes from. */
final class RefinementOptions {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What the image shows, such as \"A <SAR> image of an airport\".")
  private Optional<String> prompt = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "IMAGE.tif",
      description = {
        "Make that image again from the same input, by the recipe that it carries.",
        "With other options, one more of its kind: --seed 8."
      })
  private Optional<Path> from = Optional.empty();

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
      converter = WindowConverter.class,
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
      description =
          "How strongly a ControlNet follows the input (default: "
              + RefinementSettings.CONTROL_SCALE
              + ").")
  private Optional<Double> controlScale = Optional.empty();

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
  private Optional<RadiometryChoice> radiometry = Optional.empty();

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
    UpscaleRequest.Output output =
        new UpscaleRequest.Output(
            out, compression, ground(), new UpscaleRequest.SideOutputs(preview, report, resampled));
    Optional<Replay> replay = from.map(Replay::of);
    GenerationConsole console = new GenerationConsole(spec.commandLine().getErr(), quiet);
    UpscaleRequest request =
        replay
            .map(r -> again(r, input, polarisation, output, console))
            .orElseGet(
                () ->
                    new UpscaleRequest(
                        new RadarInput(
                            input, spacing, window, polarisation, chosen().calibration()),
                        settings(bundle, spec),
                        output));
    // First what takes a second, then the model, which may take a minute.
    PreparedUpscale prepared = PreparedUpscale.of(request, bundle);
    replay.ifPresent(r -> r.as(Refine.class).requireSame(r.image(), prepared));
    try (Cancellation cancellation = Interruption.cancellation();
        Model model = Model.open(bundle, engine.options(), console::note)) {
      replay.ifPresent(
          r -> r.recipe().stamp().requireSame(r.image().toString(), ModelStamp.of(model)));
      console.begin(1);
      UpscaleOutcome outcome =
          new Upscaling(new Refinement(model)).run(prepared, console, cancellation);
      console.end();
      if (json) {
        double seconds = (System.nanoTime() - start) * 1e-9;
        spec.commandLine().getOut().println(toJson(outcome, console.notes(), seconds));
      } else if (!quiet) {
        outcome.files().forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().flush();
      }
      return 0;
    } finally {
      console.end();
    }
  }

  /** The very image, or one that differs from it as the options say. */
  private UpscaleRequest again(
      Replay replay,
      Path input,
      Optional<Polarisation> polarisation,
      UpscaleRequest.Output output,
      GenerationConsole console) {
    Refine made = replay.as(Refine.class);
    UpscaleRequest same = made.request(input, output);
    RefinementSettings before = same.settings();
    Overrides given = parameters.given();
    replay.differences(before.sampling().values(), given).forEach(console::note);
    RefinementSettings settings =
        new RefinementSettings(
            prompt.map(Prompt::new).orElse(before.prompt()),
            before.sampling().with(given),
            strength.isPresent() ? OptionalDouble.of(strength.get()) : before.strength(),
            controlScale.orElse(before.controlScale()),
            radiometry.map(RadiometryChoice::radiometry).orElse(before.radiometry()));
    RadarInput read =
        new RadarInput(
            input,
            spacing.or(same.input()::spacing),
            window.or(same.input()::window),
            polarisation.or(same.input()::polarisation),
            radiometry.isPresent() ? radiometry.get().calibration() : same.input().calibration());
    Map<String, Boolean> others = new LinkedHashMap<>();
    others.put("prompt", !settings.prompt().equals(before.prompt()));
    others.put("strength", !settings.strength().equals(before.strength()));
    others.put("control scale", settings.controlScale() != before.controlScale());
    others.put("radiometry", settings.radiometry() != before.radiometry());
    others.put("input", !read.equals(same.input()));
    others.values().removeIf(differs -> !differs);
    if (!others.isEmpty()) {
      console.note("Unlike " + replay.image() + ": " + String.join(", ", others.keySet()) + ".");
    }
    return new UpscaleRequest(read, settings, output.ground().isPresent() ? output : same.output());
  }

  private RadiometryChoice chosen() {
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

  private RefinementSettings settings(Bundle bundle, CommandSpec spec) {
    return new RefinementSettings(
        new Prompt(
            prompt.orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "What does the image show? Give --prompt TEXT, or --from IMAGE."))),
        Sampling.defaults(bundle).with(parameters.given()),
        strength.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
        controlScale.orElse(RefinementSettings.CONTROL_SCALE),
        chosen().radiometry());
  }

  private static String toJson(UpscaleOutcome outcome, List<String> warnings, double seconds) {
    ObjectNode json = MAPPER.createObjectNode();
    ObjectNode output = json.putArray("outputs").addObject();
    output.put("file", outcome.files().get(0).toString());
    ArrayNode beside = output.putArray("beside");
    outcome.files().stream().skip(1).forEach(file -> beside.add(file.toString()));
    try {
      json.set("parameters", MAPPER.readTree(outcome.recipe().toJson()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A recipe is JSON.", e);
    }
    json.put("seed", json.at("/parameters/seed").asLong());
    json.putArray("spacing_m").add(outcome.spacing().columns()).add(outcome.spacing().rows());
    json.put("tiles", outcome.image().means().tiles());
    var stages = outcome.image().means().seconds();
    json.putObject("seconds")
        .put("encode", stages.encode())
        .put("denoise", stages.denoise())
        .put("unet", stages.unet())
        .put("decode", stages.decode())
        .put("total", seconds);
    ArrayNode reported = json.putArray("warnings");
    warnings.forEach(reported::add);
    return json.toString();
  }
}
