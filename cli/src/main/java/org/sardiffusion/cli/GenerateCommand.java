package org.sardiffusion.cli;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.files.ProvenanceReader;
import org.sardiffusion.pipelines.ImageOutput;
import org.sardiffusion.pipelines.Outcome;
import org.sardiffusion.pipelines.Recipe;
import org.sardiffusion.pipelines.TextToImage;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Execution;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Model;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
      "  sar-diffusion generate --prompt \"A <SAR> image of a forest\" --init-image simulated.tif \\",
      "      --strength 0.4 --control-image simulated.tif:0.8 --out refined.tif"
    })
final class GenerateCommand implements Callable<Integer> {

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** What the image is made from. */
  static final class Source {
    @Option(
        names = "--prompt",
        paramLabel = "TEXT",
        required = true,
        description = "What the image shows.")
    private Optional<String> prompt = Optional.empty();

    @Option(
        names = "--from",
        paramLabel = "IMAGE",
        required = true,
        description = "Make that image again, from the recipe that it carries.")
    private Optional<Path> image = Optional.empty();
  }

  @Mixin private SamplingOptions sampling;
  @Mixin private GuideOptions inputs;
  @Mixin private OutputOptions output;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--json",
      description = "Print one JSON object on standard output: files, parameters, seconds.")
  private boolean json;

  @Option(names = "--quiet", description = "No progress, no notes.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (source.image.isPresent()) {
      refuseSamplingOptions();
    }
    long start = System.nanoTime();
    Bundle bundle = engine.bundle();
    Optional<Recipe> recipe =
        source.image.map(image -> Recipe.fromJson(ProvenanceReader.read(image).recipe()));
    ConsoleListener console = new ConsoleListener(spec.commandLine().getErr(), quiet);
    try (Cancellation cancellation = Interruption.cancellation();
        Model model = Model.open(bundle, engine.options(), console::warning)) {
      Job job =
          recipe.isPresent()
              ? replay(source.image.orElseThrow(), recipe.get(), model)
              : job(bundle);
      warnOfMissingPlace(console);
      console.begin(job.task.request().sampling().count());
      Outcome outcome = new TextToImage(model).run(job.task, job.output, console, cancellation);
      console.end();
      Report report =
          new Report(
              outcome,
              console.warnings(),
              (console.firstStep() - start) * 1e-9,
              (System.nanoTime() - start) * 1e-9);
      if (json) {
        spec.commandLine().getOut().println(report.toJson());
      } else if (!quiet) {
        report.print(spec.commandLine().getOut());
      }
      return 0;
    } finally {
      console.end();
    }
  }

  /** What to make, and where to put it. */
  private record Job(TextToImage.Task task, ImageOutput output) {}

  private Job job(Bundle bundle) {
    return new Job(
        new TextToImage.Task(
            GenerationRequest.of(
                source.prompt.orElseThrow(),
                sampling.size(bundle, inputs.size()),
                sampling.sampling(bundle)),
            inputs.imageInputs(),
            sampling.execution()),
        output.output(bundle));
  }

  /** A recipe says how its image is made: whoever wants another image says so with a prompt. */
  private void refuseSamplingOptions() {
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptionsSet()) {
      if (option.userObject() instanceof Field field
          && (field.getDeclaringClass() == SamplingOptions.class
              || field.getDeclaringClass() == SamplingOptions.Steps.class
              || field.getDeclaringClass() == GuideOptions.class)) {
        throw new ParameterException(
            spec.commandLine(),
            option.longestName()
                + " can't go with --from, which makes the very image again. For another one, give"
                + " --prompt and the options that --json or the image's RECIPE show.");
      }
    }
  }

  private Job replay(Path image, Recipe recipe, Model model) {
    recipe.requireSame(image.toString(), model.identity(), model.adapters());
    ImageOutput where =
        output.placed()
            ? output.output(model.bundle())
            : output.output(model.bundle(), recipe.placement());
    return new Job(
        new TextToImage.Task(
            recipe.request(), recipe.imageInputs().foundFor(image), Execution.ONE_BY_ONE),
        where);
  }

  private void warnOfMissingPlace(ConsoleListener console) {
    if (source.image.isEmpty()
        && !output.georeferenced()
        && ImageFormat.of(output.out()) == ImageFormat.GEOTIFF) {
      console.warning(
          "Without --crs and --origin the GeoTIFF carries a pixel size but no place on Earth.");
    }
  }
}
