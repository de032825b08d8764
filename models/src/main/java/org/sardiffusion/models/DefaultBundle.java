package org.sardiffusion.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The embedded default bundle, and how it gets onto disk, where ONNX Runtime can map it.
 *
 * <p>Copies are named by the hash of the bundle's {@code sar_config.json}, which lists the hash of
 * every other file: a new version of the model never meets the files of an old one.
 */
public final class DefaultBundle {
  private static final String RESOURCE = "/org/sardiffusion/models/default";
  private static final String CONFIG = "sar_config.json";

  private DefaultBundle() {}

  /** Whether this build holds a default model. */
  public static boolean isEmbedded() {
    return DefaultBundle.class.getResource(RESOURCE + "/" + CONFIG) != null;
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
    Path folder = cache.resolve("models").resolve("default-" + version());
    Path aside = folder.resolveSibling(folder.getFileName() + ".partial-" + UUID.randomUUID());
    try {
      EmbeddedFiles files = EmbeddedFiles.list(RESOURCE);
      if (files.areIn(folder)) {
        return folder;
      }
      Files.createDirectories(aside);
      files.copyTo(aside);
      putInPlace(files, aside, folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Can't unpack the default model into "
              + folder
              + " ("
              + e
              + "). Delete what is there, make room, or set SAR_DIFFUSION_CACHE to a folder that can be written.",
          e);
    } finally {
      deleteTree(aside);
    }
  }

  /** The first 16 digits of the SHA-256 of the bundle's {@code sar_config.json}. */
  static String version() {
    try (InputStream config = DefaultBundle.class.getResourceAsStream(RESOURCE + "/" + CONFIG)) {
      if (config == null) {
        throw new IllegalStateException(
            "This build of sar-diffusion-models holds no default model.");
      }
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(config.readAllBytes());
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  private static void putInPlace(EmbeddedFiles files, Path complete, Path folder)
      throws IOException {
    Path damaged = complete.resolveSibling(complete.getFileName() + "-damaged");
    try {
      if (Files.exists(folder)) {
        Files.move(folder, damaged);
      }
      Files.move(complete, folder);
    } catch (IOException e) {
      // Another thread or process was faster; its copy is as good.
      if (!files.areIn(folder)) {
        throw e;
      }
    } finally {
      deleteTree(damaged);
    }
  }

  private static void deleteTree(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      walk.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      // Left for the next clean-up of the cache: what matters has already succeeded or been
      // reported.
    }
  }
}
