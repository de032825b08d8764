package org.sardiffusion.models;

import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The embedded SAR-CLIP, trained beside the default model on the same images: it tells how well an
 * image fits a caption. It knows what they showed (fields, forests, trees, roads, houses), no more.
 */
public final class DefaultSarClip {
  private static final EmbeddedModel MODEL = new EmbeddedModel("default-sar-clip", "sar_clip.json");

  private DefaultSarClip() {}

  /** Whether this build holds a SAR-CLIP. */
  public static boolean isEmbedded() {
    return MODEL.isPresent();
  }

  /**
   * Makes sure that the SAR-CLIP lies under {@code cache} and returns its folder, as {@link
   * DefaultBundle#install} does.
   *
   * @throws UncheckedIOException if the copy can't be written; nothing of it is left then
   */
  public static Path install(Path cache) {
    return MODEL.install(cache);
  }
}
