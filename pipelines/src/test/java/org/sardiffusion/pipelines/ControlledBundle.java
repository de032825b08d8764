package org.sardiffusion.pipelines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.sardiffusion.runtime.bundle.Bundle;

/** The tiny bundle of the runtime's tests, with or without its ControlNet. */
public final class ControlledBundle {
  private static final Path RESOURCES = Path.of("../runtime/src/test/resources");

  private ControlledBundle() {}

  /** The bundle without a ControlNet. */
  public static Bundle plain() {
    return Bundle.open(RESOURCES.resolve("bundles/eps-vae8"));
  }

  /** A copy in {@code target} with one: its files are packed, the others are the plain bundle's. */
  public static Bundle in(Path target) throws IOException {
    Path plain = RESOURCES.resolve("bundles/eps-vae8");
    try (Stream<Path> files = Files.walk(plain)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(plain.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Path packed = RESOURCES.resolve("control/eps-vae8");
    for (String name :
        List.of(
            "unet/model_controlnet.onnx", "unet/model_controlnet.onnx_data", "sar_config.json")) {
      try (InputStream in =
          new GZIPInputStream(Files.newInputStream(packed.resolve(name + ".gz")))) {
        Files.copy(in, target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return Bundle.open(target);
  }
}
