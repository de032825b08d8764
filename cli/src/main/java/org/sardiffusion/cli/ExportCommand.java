package org.sardiffusion.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.sardiffusion.training.PythonEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A diffusers folder to a bundle and back, by the Python exporter. */
@Command(
    name = "export",
    description = "Turns a diffusers folder into a bundle of ONNX graphs, or a bundle back.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion export my-finetuned-sdxl my-bundle --dtype fp16",
      "  sar-diffusion export --to-diffusers default my-default"
    })
final class ExportCommand implements Callable<Integer> {
  private static final Set<String> DTYPES = Set.of("fp32", "fp16");
  private static final Set<String> OPTIMIZATIONS = Set.of("none", "cuda");

  @Parameters(
      index = "0",
      paramLabel = "DIFFUSERS",
      description = "The diffusers folder; with --to-diffusers, the bundle.")
  private Path source;

  @Parameters(
      index = "1",
      paramLabel = "BUNDLE",
      description = "The bundle to write; with --to-diffusers, the folder.")
  private Path bundle;

  @Option(
      names = "--to-diffusers",
      description = {
        "The way back: BUNDLE FOLDER turns a bundle that this program exported, or default, into a"
            + " diffusers folder with the same weights to the bit. Takes no other option but"
            + " --python."
      })
  private boolean toDiffusers;

  @Option(
      names = "--dtype",
      paramLabel = "fp32|fp16",
      defaultValue = "fp32",
      description = "Element type of the weights (default: ${DEFAULT-VALUE}).")
  private String dtype;

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description = "Name, licence and recommendations, YAML or JSON.")
  private Optional<Path> card = Optional.empty();

  @Option(
      names = "--controlnet",
      paramLabel = "FOLDER",
      description = {
        "Bake the ControlNet of a diffusers folder in, after those that DIFFUSERS itself has in"
            + " controlnet/, controlnet_1/, ...",
        "May be given several times, in the order in which their control images will be given."
      })
  private List<Path> controlNets = List.of();

  @Option(names = "--overwrite", description = "Replace a bundle that is there.")
  private boolean overwrite;

  @Option(
      names = "--optimize",
      paramLabel = "cuda",
      description =
          "Fuse each attention into one operator, which NVIDIA GPUs compute with less memory; best"
              + " with --dtype fp16. The bundle runs, and takes adapters, everywhere.")
  private Optional<String> optimize = Optional.empty();

  @Option(
      names = "--pooling",
      paramLabel = "reference|end_token",
      description = {
        "Where text_encoder_2 reads the embedding of the whole prompt: where diffusers does (the default), or at the"
            + " tokenizer's end token.",
        "They differ for prompts with added tokens in models whose configuration says eos_token_id 2."
      })
  private Optional<String> pooling = Optional.empty();

  @Mixin private PythonOption python;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    // Before Python, which may have to be installed: that takes minutes.
    Path from = toDiffusers ? ModelFolder.named(source) : source;
    check(from);
    PythonEnvironment environment = python.environment();
    environment.provision(this::print);
    if (toDiffusers) {
      String to = bundle.toAbsolutePath().toString();
      environment.trainer(
          List.of("export", "--to-diffusers", from.toAbsolutePath().toString(), to), this::print);
      return 0;
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "export",
                source.toAbsolutePath().toString(),
                bundle.toAbsolutePath().toString(),
                "--dtype",
                dtype));
    card.ifPresent(file -> arguments.addAll(List.of("--card", file.toAbsolutePath().toString())));
    controlNets.forEach(
        folder -> arguments.addAll(List.of("--controlnet", folder.toAbsolutePath().toString())));
    optimize.ifPresent(target -> arguments.addAll(List.of("--optimize", target)));
    pooling.ifPresent(where -> arguments.addAll(List.of("--pooling", where)));
    if (overwrite) {
      arguments.add("--overwrite");
    }
    environment.trainer(arguments, this::print);
    return 0;
  }

  private void check(Path from) {
    require(Files.exists(from), "There is no folder " + from + ".");
    require(!Files.exists(bundle) || !isIn(from, bundle), bundle + " holds what is exported.");
    require(
        overwrite || !Files.exists(bundle),
        bundle
            + " already exists: name another folder"
            + (toDiffusers ? "." : ", or replace it with --overwrite."));
    if (!toDiffusers) {
      require(DTYPES.contains(dtype), "--dtype is fp32 or fp16, not " + dtype + ".");
      optimize.ifPresent(
          target ->
              require(
                  OPTIMIZATIONS.contains(target),
                  "--optimize is cuda or none, not " + target + "."));
      card.ifPresent(
          file -> require(Files.isRegularFile(file), "There is no file " + file + " (--card)."));
      controlNets.forEach(
          folder ->
              require(Files.exists(folder), "There is no folder " + folder + " (--controlnet)."));
    }
  }

  /** Whether a path is a folder or lies in it, whatever links lead there. */
  private static boolean isIn(Path inner, Path folder) {
    try {
      return inner.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  private void print(String line) {
    spec.commandLine().getErr().println(line);
  }
}
