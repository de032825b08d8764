package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.ImageOutput;
import org.sardiffusion.pipelines.ImageParameters;
import org.sardiffusion.pipelines.InputFiles;
import org.sardiffusion.pipelines.Outcome;
import org.sardiffusion.pipelines.TextToImage;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prompt to image. */
@Command(
    name = "generate",
    description = "Makes images from a prompt.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion generate --prompt \"A <SAR> image of a dense forest\" \\",
      "      --seed 7 --out forest.png",
      "  sar-diffusion generate --prompt \"A <SAR> image of a plowed field\" --count 4 \\",
      "      --crs EPSG:32631 --origin 500000,5400000 --out field.tif",
      "  sar-diffusion generate --from field_2.tif --out again.tif",
      "  sar-diffusion generate --prompt \"A <SAR> image of a forest\" --init-image simulated.tif"
          + " \\",
      "      --strength 0.4 --control-image simulated.tif:0.8 --out refined.tif"
    })
final class GenerateCommand implements Callable<Integer>, ParameterOptions.Taker {

  @Option(names = "--prompt", paramLabel = "TEXT", description = "What the image shows.")
  private Optional<String> prompt = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "IMAGE",
      description = {
        "Make that image again, from the recipe that it carries.",
        "With other options, one more of its kind: --seed 8."
      })
  private Optional<Path> from = Optional.empty();

  @Mixin private ExecutionOptions execution;
  @Mixin private OutputOptions output;
  @Mixin private EngineOptions engine;

  @Mixin private PrintOptions print;

  @Spec private CommandSpec spec;

  private final ParameterOptions parameters =
      ParameterOptions.of(Sampling.PARAMETERS)
          .and(ImageParameters.SIZE)
          .and(ImageParameters.INPUTS)
          .and(ImageParameters.PLACE)
          .withOneOf(Sampling.STEP_PLANS);

  @Override
  public ParameterOptions parameters() {
    return parameters;
  }

  @Override
  public Integer call() {
    if (prompt.isEmpty() && from.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "What does the image show? Give --prompt TEXT, or --from IMAGE.");
    }
    long start = System.nanoTime();
    Bundle bundle = engine.bundle();
    Optional<Replay> replay = from.map(Replay::of);
    GenerationConsole console = new GenerationConsole(spec.commandLine().getErr(), print.quiet());
    Job job = replay.map(r -> again(r, bundle, console)).orElseGet(() -> job(bundle));
    // Before the model is loaded.
    job.output.check(job.task.request(), job.task.inputs());
    Report report =
        new ModelRun(bundle, engine.options(), replay, console)
            .run(
                (model, cancellation) -> {
                  warnOfMissingPlace(console);
                  console.begin(job.task.request().sampling().count());
                  Outcome outcome =
                      new TextToImage(model).run(job.task, job.output, console, cancellation);
                  return report(outcome, console, start);
                });
    return print.print(report, spec);
  }

  private static Report report(Outcome outcome, GenerationConsole console, long start) {
    ObjectNode facts = Report.fields();
    outcome.latents().ifPresent(file -> facts.put("latents", file.toString()));
    Report.seconds(facts, outcome.stages())
        .put("write", outcome.writeSeconds())
        .put("first_step", (console.firstStep() - start) * 1e-9)
        .put("total", (System.nanoTime() - start) * 1e-9);
    List<Path> images = outcome.outputs().stream().map(output -> output.files().get(0)).toList();
    return new Report(outcome.outputs(), outcome.recipe(), facts, console.notes(), images);
  }

  /** What to make, and where to put it. */
  private record Job(TextToImage.Task task, ImageOutput output) {}

  private Job job(Bundle bundle) {
    Overrides given = parameters.given();
    InputFiles files = InputFiles.ofWorkingFolder();
    Size usual =
        given.any(ImageParameters.SIZE)
            ? new Size(bundle.defaultWidth(), bundle.defaultHeight())
            : ImageParameters.inputSize(given, files)
                .orElseGet(() -> new Size(bundle.defaultWidth(), bundle.defaultHeight()));
    GenerationRequest request =
        GenerationRequest.of(
            prompt.orElseThrow(),
            ImageParameters.size(given, usual),
            Sampling.defaults(bundle).with(given));
    return new Job(
        new TextToImage.Task(request, ImageParameters.inputs(given, files), execution.execution()),
        output.output(bundle, StorageOptions.place(given, bundle)));
  }

  /** The very image, or one that differs from it as the options say. */
  private Job again(Replay replay, Bundle bundle, GenerationConsole console) {
    Generate made = replay.as(Generate.class);
    Overrides given = parameters.given();
    ImageInputs inputs = made.inputs().foundFor(replay.image());
    Overrides before = made.request().sampling().values().with(ImageParameters.values(inputs));
    replay.differences(before, given).forEach(console::note);
    String text = prompt.orElse(made.request().prompt().text());
    if (!text.equals(made.request().prompt().text())) {
      console.note("Unlike " + replay.image() + ": prompt \"" + text + "\".");
    }
    GenerationRequest request =
        GenerationRequest.of(
            text,
            ImageParameters.size(given, made.request().size()),
            made.request().sampling().with(given));
    ImageInputs now =
        given.any(ImageParameters.INPUTS)
            ? ImageParameters.inputs(
                ImageParameters.values(inputs).with(given), InputFiles.ofWorkingFolder())
            : inputs;
    return new Job(
        new TextToImage.Task(request, now, execution.execution()),
        output.output(bundle, ImageParameters.place(given, made.placement())));
  }

  private void warnOfMissingPlace(GenerationConsole console) {
    if (from.isEmpty()
        && parameters.given().get(ImageParameters.CRS).isEmpty()
        && ImageFormat.of(output.out()) == ImageFormat.GEOTIFF) {
      console.note(
          "Without --crs and --origin the GeoTIFF carries a pixel size but no place on Earth.");
    }
  }
}
