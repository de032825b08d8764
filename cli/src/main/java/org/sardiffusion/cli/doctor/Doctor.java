package org.sardiffusion.cli.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Examines a machine. */
public final class Doctor {
  private final List<Examination> examinations;

  /**
   * @param version of this program, such as {@code sar-diffusion 0.1.0}
   * @param home the project's folder
   */
  public Doctor(String version, Path home) {
    this.examinations =
        List.of(
            new JavaAndMachine(version),
            new ProcessorRuntime(),
            new Cuda(),
            new DefaultModel(),
            new CacheFolder(),
            new WorkingFolder(),
            new Python(home),
            new Terminal());
  }

  /** Looks at everything; {@code listener} gets each finding at once, since some take a second. */
  public void examine(Consumer<Finding> listener) {
    for (Examination examination : examinations) {
      examination.findings().forEach(listener);
    }
  }
}
