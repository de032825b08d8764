package org.sardiffusion.runtime.session;

import ai.onnxruntime.OrtException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.run.CancelledException;

/** Turns what ONNX Runtime says into what its user can do about it. */
final class OrtErrors {
  private static final Pattern MISSING_LIBRARY =
      Pattern.compile(
          "(\\S+\\.(?:so|dll)[\\w.]*): cannot open shared object file|depends on \"?([\\w.-]+\\.dll)");

  private OrtErrors() {}

  static SarDiffusionException translate(String what, OrtException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("terminate flag") || message.contains("ORT_MODEL_LOAD_CANCELED")) {
      return new CancelledException();
    }
    Matcher library = MISSING_LIBRARY.matcher(message);
    if (library.find()) {
      String name = library.group(1) != null ? library.group(1) : library.group(2);
      return new DeviceException(
          what
              + " needs the library "
              + name
              + ", which is not on this machine. Install "
              + provider(name)
              + ", put its folder on LD_LIBRARY_PATH (PATH on Windows), and see what \"sar-diffusion doctor\" finds.",
          e);
    }
    if (message.contains("Failed to allocate memory")
        || message.contains("bad allocation")
        || message.contains("bad_alloc")
        || message.contains("out of memory")) {
      return new DeviceException(
          what
              + " ran out of memory. Make smaller images or fewer at once, keep less of the model in memory, or use a"
              + " smaller model. ("
              + firstLine(message)
              + ")",
          e,
          Remedy.choose("low_memory"));
    }
    return new DeviceException(what + " failed in ONNX Runtime: " + firstLine(message), e);
  }

  private static String provider(String library) {
    if (library.contains("cudnn")) {
      return "NVIDIA cuDNN 9 for CUDA 12";
    }
    return "the NVIDIA CUDA 12 runtime libraries";
  }

  private static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("");
    return line.length() <= 400 ? line : line.substring(0, 400) + "...";
  }
}
