package org.sardiffusion.cli.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.training.PythonEnvironment;
import org.sardiffusion.training.TrainingBridgeException;

/** Python, which only exporting and training need. */
record Python(Path home) implements Examination {
  private static final String INTERPRETER = "Python";
  private static final String ENVIRONMENT = "Python packages";
  private static final List<String> VERSION_CHECK =
      List.of(
          "-c",
          "import sys, venv; print(sys.version.split()[0]); sys.exit(sys.version_info < (3, 11))");

  @Override
  public List<Finding> findings() {
    return List.of(interpreter(), environment());
  }

  private static Finding interpreter() {
    String name = Optional.ofNullable(System.getenv("PYTHON")).orElse("python3");
    return version(name)
        .map(version -> Finding.ok(INTERPRETER, name + " " + version))
        .orElseGet(
            () ->
                Finding.missing(
                    INTERPRETER,
                    "no usable " + name,
                    "Exporting and training need Python 3.11 or later with venv: install it, or set"
                        + " PYTHON to its path."));
  }

  private static Optional<String> version(String interpreter) {
    return ChildProcess.output(List.of(interpreter, VERSION_CHECK.get(0), VERSION_CHECK.get(1)));
  }

  private Finding environment() {
    Path project = home.resolve("training-bridge/python");
    try {
      PythonEnvironment environment = PythonEnvironment.in(project);
      return environment.isSetUp()
          ? Finding.ok(ENVIRONMENT, environment.python().toString())
          : Finding.missing(
              ENVIRONMENT,
              "not set up",
              "sar-diffusion export sets them up when it is first used; to do so now, run sh "
                  + project.resolve("setup.sh")
                  + " (several GB).");
    } catch (TrainingBridgeException e) {
      return Finding.missing(
          ENVIRONMENT,
          "no Python sources in " + project,
          "Exporting and training need a checkout of the project: set SAR_DIFFUSION_HOME to one.");
    }
  }
}
