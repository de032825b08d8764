package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sardiffusion.geo.raster.Polarisation;
import org.sardiffusion.pipelines.recipe.Refine;
import org.sardiffusion.pipelines.refinement.PreparedUpscale;
import org.sardiffusion.pipelines.refinement.RadarInput;
import org.sardiffusion.pipelines.refinement.Refinement;
import org.sardiffusion.pipelines.refinement.RefinementSettings;
import org.sardiffusion.pipelines.refinement.UpscaleOutcome;
import org.sardiffusion.pipelines.refinement.UpscaleRequest;
import org.sardiffusion.pipelines.refinement.Upscaling;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.Prompt;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What {@code upscale} and {@code refine} do.
 *
 * @param options what was asked for
 * @param input the file to refine
 * @param polarisation which one of a product's
 * @param spec the command
 */
record RefinementRun(
    RefinementOptions options, Path input, Optional<Polarisation> polarisation, CommandSpec spec) {

  /**
   * Refines the file.
   *
   * @return the exit code
   */
  int call() {
    long start = System.nanoTime();
    Bundle bundle = options.engine.bundle();
    UpscaleRequest.Output output = options.output();
    Optional<Replay> replay = options.from.map(Replay::of);
    GenerationConsole console =
        new GenerationConsole(spec.commandLine().getErr(), options.print.quiet());
    UpscaleRequest request =
        replay
            .map(made -> again(made, output, console))
            .orElseGet(() -> new UpscaleRequest(read(), settings(bundle), output));
    // First what takes a second, then the model, which may take a minute.
    PreparedUpscale prepared = PreparedUpscale.of(request, bundle);
    replay.ifPresent(made -> made.as(Refine.class).requireSame(made.image(), prepared));
    Report report =
        new ModelRun(bundle, options.engine.options(), replay, console)
            .run(
                (model, cancellation) -> {
                  console.begin(1);
                  UpscaleOutcome outcome =
                      new Upscaling(new Refinement(model)).run(prepared, console, cancellation);
                  return report(outcome, console.notes(), (System.nanoTime() - start) * 1e-9);
                });
    return options.print.print(report, spec);
  }

  private RadarInput read() {
    return new RadarInput(
        input, options.spacing, options.window, polarisation, options.chosen().calibration());
  }

  private RefinementSettings settings(Bundle bundle) {
    String text =
        options.prompt.orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "What does the image show? Give --prompt TEXT, or --from IMAGE."));
    return new RefinementSettings(
        new Prompt(text),
        Sampling.defaults(bundle).with(options.parameters().given()),
        options.strength.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
        options.controlScale.orElse(RefinementSettings.CONTROL_SCALE),
        options.chosen().radiometry());
  }

  /** The very image, or one that differs from it as the options say. */
  private UpscaleRequest again(Replay replay, UpscaleRequest.Output output, Console console) {
    UpscaleRequest same = replay.as(Refine.class).request(input, output);
    Overrides given = options.parameters().given();
    RefinementSettings settings = settings(same.settings(), given);
    RadarInput read = read(same.input());
    replay.differences(same.settings().sampling().values(), given).forEach(console::note);
    List<String> others = others(same.settings(), settings);
    if (!read.equals(same.input())) {
      others.add("input");
    }
    if (!others.isEmpty()) {
      console.note("Unlike " + replay.image() + ": " + String.join(", ", others) + ".");
    }
    return new UpscaleRequest(read, settings, output.ground().isPresent() ? output : same.output());
  }

  private RefinementSettings settings(RefinementSettings before, Overrides given) {
    return new RefinementSettings(
        options.prompt.map(Prompt::new).orElse(before.prompt()),
        before.sampling().with(given),
        options.strength.map(OptionalDouble::of).orElse(before.strength()),
        options.controlScale.orElse(before.controlScale()),
        options.radiometry.map(RadiometryChoice::radiometry).orElse(before.radiometry()));
  }

  private RadarInput read(RadarInput before) {
    return new RadarInput(
        input,
        options.spacing.or(before::spacing),
        options.window.or(before::window),
        polarisation.or(before::polarisation),
        options.radiometry.isPresent()
            ? options.radiometry.get().calibration()
            : before.calibration());
  }

  /** Which settings differ, but those of the sampling. */
  private static List<String> others(RefinementSettings before, RefinementSettings now) {
    List<String> others = new ArrayList<>();
    if (!now.prompt().equals(before.prompt())) {
      others.add("prompt");
    }
    if (!now.strength().equals(before.strength())) {
      others.add("strength");
    }
    if (now.controlScale() != before.controlScale()) {
      others.add("control scale");
    }
    if (now.radiometry() != before.radiometry()) {
      others.add("radiometry");
    }
    return others;
  }

  private static Report report(UpscaleOutcome outcome, List<String> warnings, double seconds) {
    ObjectNode facts = Report.fields();
    facts.putArray("spacing_m").add(outcome.spacing().columns()).add(outcome.spacing().rows());
    facts.put("tiles", outcome.image().means().tiles());
    Report.seconds(facts, outcome.image().means().seconds()).put("total", seconds);
    return Report.of(outcome.files(), outcome.recipe(), facts, warnings);
  }
}
