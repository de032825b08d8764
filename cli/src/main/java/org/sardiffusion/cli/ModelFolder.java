package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.sardiffusion.core.io.UserCache;
import org.sardiffusion.models.DefaultBundle;
import org.sardiffusion.models.DefaultSarClip;
import org.sardiffusion.runtime.bundle.BundleException;

/** Where models lie. */
final class ModelFolder {
  /** The environment variable that names the folder of the user's models. */
  static final String ENVIRONMENT_VARIABLE = "SAR_DIFFUSION_MODELS";

  private ModelFolder() {}

  /** The folder of the embedded default model, unpacked if need be. */
  static Path ofDefault() {
    if (!DefaultBundle.isEmbedded()) {
      throw new BundleException(
          "This build of sar-diffusion holds no default model: say which one to use with --model DIR.");
    }
    return DefaultBundle.install(UserCache.folder());
  }

  /** The folder of the embedded SAR-CLIP, unpacked if need be. */
  static Path ofDefaultSarClip() {
    if (!DefaultSarClip.isEmbedded()) {
      throw new BundleException(
          "This build of sar-diffusion holds no SAR-CLIP: say which one to use with --sar-clip DIR.");
    }
    return DefaultSarClip.install(UserCache.folder());
  }

  /** The folder that {@code path} names, else that of the default model. */
  static Path orDefault(Optional<Path> path) {
    return path.orElseGet(ModelFolder::ofDefault);
  }

  /** What the user calls {@code path}: {@code default} is the embedded model. */
  static Path named(Path path) {
    return path.equals(Path.of("default")) ? ofDefault() : path;
  }

  /** The folder of the user's models: what the environment says, else {@code models} here. */
  static Path ofUser() {
    String declared = System.getenv(ENVIRONMENT_VARIABLE);
    return Path.of(declared == null || declared.isBlank() ? "models" : declared);
  }
}
