package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and what runs it. */
final class EngineOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The model bundle; the embedded default model if not given.")
  private Optional<Path> model = Optional.empty();

  @Mixin private DeviceOptions device;
  @Mixin private AdapterOptions adapters;

  Bundle bundle() {
    return Bundle.open(ModelFolder.orDefault(model));
  }

  ModelOptions options() {
    return device.options().with(adapters.adapters());
  }
}
