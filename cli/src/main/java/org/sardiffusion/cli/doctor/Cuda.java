package org.sardiffusion.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.OnnxRuntime;

/** NVIDIA's driver, the CUDA provider of this build, and whether the two get along. */
final class Cuda implements Examination {
  private static final String DRIVER = "NVIDIA driver";
  private static final String PROVIDER = "CUDA provider";
  private static final String SESSION = "CUDA session";
  private static final Path DRIVER_FILE = Path.of("/proc/driver/nvidia/version");
  private static final Pattern DRIVER_VERSION = Pattern.compile("\\b(\\d{3,}\\.\\d+(?:\\.\\d+)?)");

  @Override
  public List<Finding> findings() {
    Optional<String> driver = driver();
    List<Finding> findings = new ArrayList<>();
    findings.add(
        driver
            .map(found -> Finding.ok(DRIVER, found))
            .orElseGet(
                () ->
                    Finding.missing(
                        DRIVER,
                        "none found",
                        "Models run on the processor. For a GPU install NVIDIA's driver; in a"
                            + " container, start it with --gpus all.")));
    boolean built = builtIn();
    if (!built) {
      findings.add(
          Finding.missing(
              PROVIDER,
              "this build holds ONNX Runtime for the processor only",
              "For a GPU build with ./mvnw -Pcuda -DskipTests package; sar-diffusion then takes"
                  + " --device cuda."));
    } else {
      findings.add(Finding.ok(PROVIDER, "is in this build"));
    }
    if (built && driver.isPresent()) {
      findings.add(session());
    }
    return findings;
  }

  private static boolean builtIn() {
    try {
      return OnnxRuntime.hasCuda();
    } catch (SarDiffusionException e) {
      // Already told, as a problem of ONNX Runtime itself.
      return false;
    }
  }

  private static Finding session() {
    long start = System.nanoTime();
    try {
      OnnxRuntime.probe(new Device.Cuda(0, OptionalLong.empty()));
      return Finding.ok(SESSION, "ran a convolution on GPU 0 in " + Elapsed.since(start));
    } catch (SarDiffusionException e) {
      return Finding.missing(
          SESSION,
          e.getMessage(),
          "This build is for CUDA 12 and cuDNN 9. Where only CUDA 13 is installed, collect an ONNX"
              + " Runtime built for it (libonnxruntime, libonnxruntime4j_jni and its providers) in"
              + " one folder and set"
              + " SAR_DIFFUSION_JAVA_ARGS=-Donnxruntime.native.path=FOLDER.");
    }
  }

  private static Optional<String> driver() {
    Optional<String> gpus =
        ChildProcess.output(
            List.of(
                "nvidia-smi",
                "--query-gpu=name,memory.total,driver_version",
                "--format=csv,noheader"));
    if (gpus.isPresent()) {
      return Optional.of(String.join("; ", gpus.get().lines().toList()));
    }
    if (!Files.isReadable(DRIVER_FILE)) {
      return Optional.empty();
    }
    try {
      Matcher version = DRIVER_VERSION.matcher(Files.readString(DRIVER_FILE));
      return version.find() ? Optional.of("version " + version.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
