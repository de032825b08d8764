package org.sardiffusion.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.sardiffusion.runtime.diffusion.ModelOptions;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.SessionSettings;
import picocli.CommandLine.Option;

/** What runs a model. */
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "cpu|cuda[:N]",
      defaultValue = "cpu",
      converter = Converters.ToDevice.class,
      completionCandidates = DeviceNames.class,
      description = "What runs the model (default: ${DEFAULT-VALUE}).")
  private Device device;

  /** For completion. */
  private static final class DeviceNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    DeviceNames() {
      super(List.of("cpu", "cuda"));
    }
  }

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = Converters.ToThreads.class,
      description = "Threads to use; one per core if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--gpu-memory",
      paramLabel = "GB",
      converter = Converters.ToGigabytes.class,
      description = "The most GPU memory to take, in gigabytes; all if not given.")
  private Optional<Double> gpuMemory = Optional.empty();

  @Option(
      names = "--low-memory",
      description =
          "Keep only one part of the model in memory at a time, and halve what a guided step needs.")
  private boolean lowMemory;

  private Device device() {
    if (device instanceof Device.Cuda cuda && gpuMemory.isPresent()) {
      return new Device.Cuda(cuda.index(), OptionalLong.of((long) (gpuMemory.get() * 1e9)));
    }
    return device;
  }

  ModelOptions options() {
    return ModelOptions.of(
            new SessionSettings(device(), threads.map(OptionalInt::of).orElse(OptionalInt.empty())))
        .with(lowMemory ? ModelOptions.Memory.LOW : ModelOptions.Memory.AUTOMATIC);
  }
}
