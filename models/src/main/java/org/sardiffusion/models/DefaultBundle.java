package org.sardiffusion.models;

import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The embedded default bundle: what makes images unless the user names another model. */
public final class DefaultBundle {
  private static final EmbeddedModel MODEL = new EmbeddedModel("default", "sar_config.json");

  private DefaultBundle() {}

  /** Whether this build holds a default model. */
  public static boolean isEmbedded() {
    return MODEL.isPresent();
  }

  /**
   * Makes sure that the bundle lies under {@code cache} and returns its folder. Does nothing but
   * look when it was there already, in full; what has lost a file is unpacked again. Safe when
   * several threads and processes do it at once.
   *
   * @param cache a folder, made if need be
   * @throws UncheckedIOException if the copy can't be written; nothing of it is left then
   */
  public static Path install(Path cache) {
    return MODEL.install(cache);
  }

  /** The first 16 digits of the SHA-256 of the bundle's {@code sar_config.json}. */
  static String version() {
    return MODEL.version();
  }
}
