package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.sardiffusion.models.DefaultBundle;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.diffusion.EngineSettings;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.SessionSettings;
import org.sardiffusion.runtime.weights.Float32Cache;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and what runs it. */
final class EngineOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The model bundle; the embedded default model if not given.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda[:N]",
      defaultValue = "cpu",
      converter = Converters.ToDevice.class,
      description = "What runs the model (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to use; one per core if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--gpu-memory",
      paramLabel = "GB",
      description = "The most GPU memory to take, in gigabytes; all if not given.")
  private Optional<Double> gpuMemory = Optional.empty();

  @Option(
      names = "--low-memory",
      description =
          "Keep only one part of the model in memory at a time, and halve what a guided step needs.")
  private boolean lowMemory;

  @Mixin private AdapterOptions adapters;

  /** The folder of the model; the embedded one is unpacked if need be. */
  Path modelFolder() {
    return model.orElseGet(() -> DefaultBundle.install(Float32Cache.ofUser().root()));
  }

  Bundle bundle() {
    return Bundle.open(modelFolder());
  }

  Device device() {
    if (device instanceof Device.Cuda cuda && gpuMemory.isPresent()) {
      return new Device.Cuda(cuda.index(), OptionalLong.of((long) (gpuMemory.get() * 1e9)));
    }
    return device;
  }

  EngineSettings settings() {
    return new EngineSettings(
        new SessionSettings(device(), threads.map(OptionalInt::of).orElse(OptionalInt.empty())),
        lowMemory ? EngineSettings.Memory.LOW : EngineSettings.Memory.AUTOMATIC,
        adapters.adapters());
  }
}
