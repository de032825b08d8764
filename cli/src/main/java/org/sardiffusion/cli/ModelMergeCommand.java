package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.weights.adapters.AdaptedBundle;
import org.sardiffusion.runtime.weights.adapters.Adapters;
import org.sardiffusion.runtime.weights.adapters.MergedBundle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A bundle and adapters to one bundle. */
@Command(
    name = "merge",
    description = "Writes a bundle with LoRAs and embeddings merged into its weights.",
    footerHeading = "%nExample:%n",
    footer =
        "  sar-diffusion model merge my-bundle --lora forest.safetensors:0.8 --out my-forest-bundle")
final class ModelMergeCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "The bundle to start from.")
  private Path model;

  @Mixin private AdapterOptions options;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The bundle to write; must not exist.")
  private Path out;

  @Option(names = "--quiet", description = "No progress, no notes.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Adapters adapters = options.adapters();
    if (adapters.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Say what to merge: --lora FILE, --embedding FILE, or both.");
    }
    AdaptedBundle adapted = AdaptedBundle.of(Bundle.open(model), adapters);
    Console console =
        new Console(spec.commandLine().getErr(), quiet) {
          @Override
          public void advanced(String stage, long done, long total) {
            super.advanced("Merging (MB)", done / 1_000_000, Math.max(1, total / 1_000_000));
          }
        };
    adapted.warnings().forEach(console::note);
    console.stage("Merging");
    try (Cancellation cancellation = Interruption.cancellation()) {
      new MergedBundle(adapted, adapters.identities()).write(out, console, cancellation);
    } finally {
      console.end();
    }
    if (!quiet) {
      spec.commandLine().getOut().println(out);
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
