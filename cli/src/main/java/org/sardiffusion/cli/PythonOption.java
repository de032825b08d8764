package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.training.PythonEnvironment;
import picocli.CommandLine.Option;

/** Which Python trains and exports. */
final class PythonOption {
  /** The environment variable that names an interpreter. */
  private static final String ENVIRONMENT_VARIABLE = "SAR_DIFFUSION_PYTHON";

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description = {
        "An interpreter that has the packages already (or set SAR_DIFFUSION_PYTHON).",
        "If not given, the pinned ones are installed once, in training-bridge/python/.venv."
      })
  private Optional<Path> python = Optional.empty();

  /** The folder of the Python sources. */
  static Path project() {
    return Home.folder().resolve("training-bridge/python");
  }

  PythonEnvironment environment() {
    return python
        .or(() -> Optional.ofNullable(System.getenv(ENVIRONMENT_VARIABLE)).map(Path::of))
        .map(path -> PythonEnvironment.using(project(), path))
        .orElseGet(() -> PythonEnvironment.in(project()));
  }
}
