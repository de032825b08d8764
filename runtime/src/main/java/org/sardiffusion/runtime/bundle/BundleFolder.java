package org.sardiffusion.runtime.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of a bundle, wherever they lie: parts may be links to folders elsewhere. */
public final class BundleFolder {
  private BundleFolder() {}

  /**
   * All files below a folder, those behind links too, in order.
   *
   * @throws BundleException if a folder can't be read, or links lead round in a circle
   */
  public static List<Path> files(Path root) {
    try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new BundleException("Can't read all of " + root + ": " + e.getMessage(), e);
    }
  }

  /** A file's path below {@code root}, with slashes. */
  public static String path(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }
}
