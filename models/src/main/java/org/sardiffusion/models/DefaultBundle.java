package org.sardiffusion.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
   * look when it was there already; safe when several processes do it at once.
   *
   * @param cache a folder, made if need be
   * @throws UncheckedIOException if the copy can't be written; nothing of it is left then
   */
  public static Path install(Path cache) {
    Path folder = cache.resolve("models").resolve("default-" + version());
    if (Files.isRegularFile(folder.resolve(CONFIG))) {
      return folder;
    }
    Path partial =
        folder.resolveSibling(folder.getFileName() + ".partial-" + ProcessHandle.current().pid());
    try {
      Files.createDirectories(partial);
      copyResources(partial);
      move(partial, folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Can't unpack the default model into " + folder + ": " + e.getMessage(), e);
    } finally {
      deleteTree(partial);
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

  private static void copyResources(Path target) throws IOException {
    URL url = DefaultBundle.class.getResource(RESOURCE);
    if (url == null) {
      throw new IOException("the model is not on the class path");
    }
    try {
      URI uri = url.toURI();
      if (!uri.getScheme().equals("jar")) {
        copyTree(Path.of(uri), target);
        return;
      }
      try (FileSystem jar = FileSystems.newFileSystem(jarFile(uri), Map.of())) {
        copyTree(jar.getPath(RESOURCE), target);
      }
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static Path jarFile(URI uri) {
    String inside = uri.getRawSchemeSpecificPart();
    return Path.of(URI.create(inside.substring(0, inside.indexOf("!/"))));
  }

  private static void copyTree(Path source, Path target) throws IOException {
    try (Stream<Path> walk = Files.walk(source)) {
      List<Path> files = walk.filter(Files::isRegularFile).toList();
      for (Path file : files) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static void move(Path partial, Path folder) throws IOException {
    try {
      Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, folder);
    } catch (IOException e) {
      // Another process was faster; its copy is as good.
      if (!Files.isRegularFile(folder.resolve(CONFIG))) {
        throw e;
      }
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
