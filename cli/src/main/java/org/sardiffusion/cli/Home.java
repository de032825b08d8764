package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;

/** The checkout that this command was built in. */
final class Home {
  private Home() {}

  /**
   * The project's folder: what the launcher says, else {@code SAR_DIFFUSION_HOME}, else the working
   * folder.
   */
  static Path folder() {
    return Optional.ofNullable(System.getProperty("sardiffusion.home"))
        .or(() -> Optional.ofNullable(System.getenv("SAR_DIFFUSION_HOME")))
        .map(Path::of)
        .orElse(Path.of(""))
        .toAbsolutePath();
  }
}
