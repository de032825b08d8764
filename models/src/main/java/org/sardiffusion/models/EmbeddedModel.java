package org.sardiffusion.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Stream;
import org.sardiffusion.core.io.AtomicMove;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.core.io.UserCache;

/**
 * A model among the resources, and how it gets onto disk, where ONNX Runtime can map it.
 *
 * <p>Copies are named by the hash of the model's index, a file that lists the hash of every other
 * one: a new version of the model never meets the files of an old one.
 *
 * @param name the folder's name, among the resources and in the cache
 * @param index the file that lists the others
 */
record EmbeddedModel(String name, String index) {
  private static final String RESOURCES = "/org/sardiffusion/models/";

  boolean isPresent() {
    return EmbeddedModel.class.getResource(resource() + "/" + index) != null;
  }

  private String resource() {
    return RESOURCES + name;
  }

  /** See {@link DefaultBundle#install}. */
  Path install(Path cache) {
    Path folder = cache.resolve("models").resolve(name + "-" + version());
    Path aside = folder.resolveSibling(folder.getFileName() + ".partial-" + UUID.randomUUID());
    try {
      EmbeddedFiles files = EmbeddedFiles.list(resource());
      if (files.areIn(folder)) {
        return folder;
      }
      Files.createDirectories(aside);
      files.copyTo(aside);
      putInPlace(files, aside, folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Can't unpack the model "
              + name
              + " into "
              + folder
              + " ("
              + e
              + "). Delete what is there, make room, or set "
              + UserCache.ENVIRONMENT_VARIABLE
              + " to a folder that can be written.",
          e);
    } finally {
      deleteTree(aside);
    }
  }

  /** The first 16 digits of the SHA-256 of the index. */
  String version() {
    try (InputStream config = EmbeddedModel.class.getResourceAsStream(resource() + "/" + index)) {
      if (config == null) {
        throw new IllegalStateException(
            "This build of sar-diffusion-models holds no model " + name + ".");
      }
      return HexFormat.of().formatHex(Sha256.of(config.readAllBytes()), 0, 8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void putInPlace(EmbeddedFiles files, Path complete, Path folder)
      throws IOException {
    Path damaged = complete.resolveSibling(complete.getFileName() + "-damaged");
    try {
      if (Files.exists(folder)) {
        Files.move(folder, damaged);
      }
      AtomicMove.move(complete, folder);
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
