package org.sardiffusion.core.io;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The folder of this user for what can be made again: models, converted weights, libraries. */
public final class UserCache {
  /** The environment variable that names the folder. */
  public static final String ENVIRONMENT_VARIABLE = "SAR_DIFFUSION_CACHE";

  private UserCache() {}

  /**
   * {@code SAR_DIFFUSION_CACHE}, else {@code XDG_CACHE_HOME/sar-diffusion}, else (Windows) {@code
   * LOCALAPPDATA/sar-diffusion}, else {@code ~/.cache/sar-diffusion}; absolute, and perhaps not
   * there yet.
   */
  public static Path folder() {
    return folder(System.getenv(), Path.of(System.getProperty("user.home"))).toAbsolutePath();
  }

  static Path folder(Map<String, String> environment, Path home) {
    String own = environment.getOrDefault(ENVIRONMENT_VARIABLE, "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    // The XDG Base Directory Specification says to ignore relative paths.
    return Stream.of("XDG_CACHE_HOME", "LOCALAPPDATA")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(value -> !value.isBlank())
        .map(Path::of)
        .filter(Path::isAbsolute)
        .findFirst()
        .orElse(home.resolve(".cache"))
        .resolve("sar-diffusion");
  }
}
