package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.runtime.weights.adapters.Adapters;
import picocli.CommandLine.Option;

/** What to add to the model. */
final class AdapterOptions {
  @Option(
      names = "--lora",
      paramLabel = "FILE[:WEIGHT]",
      converter = Converters.ToLora.class,
      description = {
        "Add a LoRA or another adapter for weights (safetensors, of peft, diffusers, kohya's scripts or LyCORIS),"
            + " multiplied by WEIGHT, which is 1 if not given and may be negative.",
        "May be given several times."
      })
  private List<Adapters.Lora> loras = List.of();

  @Option(
      names = "--embedding",
      paramLabel = "FILE",
      description = {
        "Add a textual inversion (safetensors). Its token is the key in the file where that is one, else the file's"
            + " name without its ending.",
        "May be given several times; diffusers' embeddings for SDXL are two files."
      })
  private List<Path> embeddings = List.of();

  Adapters adapters() {
    return new Adapters(loras, embeddings);
  }
}
