package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageParameters;
import org.sardiffusion.pipelines.ModelTiles;
import org.sardiffusion.pipelines.recipe.Scene;
import org.sardiffusion.pipelines.scene.PromptSource;
import org.sardiffusion.pipelines.scene.SceneCascade;
import org.sardiffusion.pipelines.scene.SceneExtent;
import org.sardiffusion.pipelines.scene.SceneFrame;
import org.sardiffusion.pipelines.scene.SceneOutcome;
import org.sardiffusion.pipelines.scene.SceneOutput;
import org.sardiffusion.pipelines.scene.ScenePrompts;
import org.sardiffusion.pipelines.scene.SceneRequest;
import org.sardiffusion.pipelines.scene.SceneSynthesis;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A scene of any size. */
@Command(
    name = "scene",
    description = {
      "Makes a seamless scene of any size, such as 40,000 x 7,000 pixels.",
      "It can be stopped, or killed, at any moment: the same command continues."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion scene --prompt \"A <SAR> image of a dense forest\" \\",
      "      --width 4096 --height 2048 --preview forest.png --out forest.tif",
      "  sar-diffusion scene --prompt \"A <SAR> image of a plowed field\" \\",
      "      --extent 16000x2800 --crs EPSG:32631 --origin 500000,5400000 \\",
      "      --out strip.tif",
      "  sar-diffusion scene --prompt-map landuse.geojson --prompt \"A <SAR> image of a field\" \\",
      "      --width 4096 --height 2048 --crs EPSG:32631 --origin 500000,5400000 \\",
      "      --out landscape.tif",
      "",
      "A part of a scene has the pixels that it has in the whole:",
      "  sar-diffusion scene --prompt \"A <SAR> image of a dense forest\" \\",
      "      --width 4096 --height 2048 --window 1000,500,512,512 --out part.tif"
    })
final class SceneCommand implements Callable<Integer>, ParameterOptions.Taker {
  @Option(
      names = "--from",
      paramLabel = "SCENE.tif",
      description = {
        "Make that scene again, from the recipe that it carries.",
        "With other options, one more of its kind: --seed 8, or --window for a part of it."
      })
  private Optional<Path> from = Optional.empty();

  @Mixin private ScenePromptOptions prompts;
  @Mixin private SceneCascadeOptions cascade;

  @Option(
      names = "--extent",
      paramLabel = "WxH",
      converter = ToExtent.class,
      description = "Size of the scene in metres, in place of --width and --height.")
  private Optional<Extent> extent = Optional.empty();

  @Option(
      names = "--window",
      paramLabel = "X,Y,W,H",
      converter = WindowConverter.class,
      description = "Make only this part of the scene, in its pixels.")
  private Optional<Window> window = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "FILE.tif",
      defaultValue = "scene.tif",
      description = {
        "The GeoTIFF to write (default: ${DEFAULT-VALUE}).",
        "While it is made, FILE.tif.scene/ keeps what is needed to continue."
      })
  private Path out;

  @Option(
      names = "--preview",
      paramLabel = "FILE.png",
      description = "Also write a small image, at most 2048 pixels on a side.")
  private Optional<Path> preview = Optional.empty();

  @Mixin private StorageOptions storage;
  @Mixin private EngineOptions engine;

  @Mixin private PrintOptions print;

  @Spec private CommandSpec spec;

  private final ParameterOptions parameters =
      ParameterOptions.of(Sampling.PARAMETERS)
          .and(ImageParameters.SIZE)
          .and(ImageParameters.PLACE)
          .without(Sampling.COUNT)
          .withOneOf(Sampling.STEP_PLANS);

  @Override
  public ParameterOptions parameters() {
    return parameters;
  }

  @Override
  public Integer call() {
    long start = System.nanoTime();
    Bundle bundle = engine.bundle();
    SceneConsole console = new SceneConsole(spec.commandLine().getErr(), print.quiet());
    Optional<Replay> replay = from.map(Replay::of);
    SceneRequest request = request(bundle, replay, console);
    request.output().requireApartFrom(request.prompts().source());
    Interruption.farewell(
        "interrupted; "
            + request.output().folder()
            + " keeps what is done: the same command continues.");
    Report report =
        new ModelRun(bundle, engine.options(), replay, console)
            .run(
                (model, cancellation) -> {
                  SceneSynthesis synthesis = new SceneSynthesis(model);
                  if (request.output().placement().crs().isEmpty()) {
                    console.note(
                        "Without --crs and --origin the GeoTIFF carries a pixel size but no place"
                            + " on Earth.");
                  }
                  console.begin(request.extent().size(), synthesis.estimate(request));
                  SceneOutcome outcome = synthesis.run(request, console, cancellation);
                  return report(outcome, console.notes(), (System.nanoTime() - start) * 1e-9);
                });
    return print.print(report, spec);
  }

  private static Report report(SceneOutcome outcome, List<String> warnings, double seconds) {
    ObjectNode facts = Report.fields();
    facts.putArray("size").add(outcome.size().width()).add(outcome.size().height());
    facts.put("tiles", outcome.cost().tiles());
    facts
        .putObject("seconds")
        .put("denoise", outcome.seconds().denoise())
        .put("decode", outcome.seconds().decode())
        .put("total", seconds);
    return Report.of(outcome.files(), outcome.recipe(), facts, warnings);
  }

  private SceneRequest request(Bundle bundle, Optional<Replay> replay, SceneConsole console) {
    Optional<Scene> made = replay.map(r -> r.as(Scene.class));
    Overrides given = parameters.given();
    made.ifPresent(
        scene -> replay.get().differences(scene.sampling().values(), given).forEach(console::note));
    PromptSource source =
        prompts.source(made.map(scene -> scene.shown().source().foundFor(from.orElseThrow())));
    AffineGrid place =
        made.map(scene -> ImageParameters.place(given, scene.placement()))
            .orElseGet(() -> StorageOptions.place(given, bundle));
    refuseBoth(made.isPresent());
    Size usual =
        extent
            .map(metres -> metres.pixels(place.pixelWidth()))
            .or(() -> made.map(scene -> scene.extent().size()))
            .orElseGet(() -> new Size(bundle.defaultWidth(), bundle.defaultHeight()));
    SceneExtent size =
        new SceneExtent(
            ImageParameters.size(given, usual),
            window.or(() -> made.flatMap(scene -> scene.extent().window())));
    SceneFrame frame =
        SceneFrame.of(size.size().width(), size.size().height(), bundle.vae().factor(), place);
    double blend = ModelTiles.overlap(bundle) / 2.0 * frame.spacing();
    SceneCascade.LevelPrompts levels = reduction -> source.read(frame.reduced(reduction), blend);
    ScenePrompts own = levels.at(1);
    own.warnings().forEach(console::note);
    return new SceneRequest(
        size,
        own,
        made.map(Scene::sampling).orElseGet(() -> Sampling.defaults(bundle)).with(given),
        new SceneOutput(out, place, storage.writeOptions(bundle), preview),
        cascade.read(levels, made.flatMap(Scene::cascade), spec.commandLine()));
  }

  private void refuseBoth(boolean known) {
    boolean pixels = matched("--width") || matched("--height");
    if (extent.isPresent() && pixels) {
      throw new ParameterException(
          spec.commandLine(),
          "--extent is the size in metres, --width and --height in pixels: give one of both.");
    }
    if (!known && extent.isEmpty() && !(matched("--width") && matched("--height"))) {
      throw new ParameterException(
          spec.commandLine(),
          "How large is the scene? Give --width and --height in pixels, or --extent WxH in"
              + " metres.");
    }
  }

  private boolean matched(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** A size in metres. */
  record Extent(double width, double height) {
    Size pixels(double spacing) {
      return new Size(side(width / spacing), side(height / spacing));
    }

    private static int side(double pixels) {
      return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(pixels)));
    }
  }

  /** Reads {@code WxH} in metres. */
  static final class ToExtent implements ITypeConverter<Extent> {
    private static final Pattern FORM =
        Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)[xX](\\d{1,9}(?:\\.\\d{1,9})?)");

    @Override
    public Extent convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (matcher.matches()) {
        Extent extent =
            new Extent(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
        if (extent.width() > 0 && extent.height() > 0) {
          return extent;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is not an extent: write WIDTHxHEIGHT in metres, such as 16000x2800.");
    }
  }
}
