package org.sardiffusion.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The tiny bundles that the runtime is tested with. */
final class Bundles {
  static final Path ALL = Path.of("../runtime/src/test/resources/bundles");
  static final Path EPS = ALL.resolve("eps-vae8");
  static final Path FP16 = ALL.resolve("fp16-vae8");
  static final Path OPTIMUM = ALL.resolve("optimum");

  private Bundles() {}

  /** A copy of a bundle that a test may damage. */
  static Path copy(Path bundle, Path target) {
    try (Stream<Path> files = Files.walk(bundle)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(bundle.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all that lies under {@code folder}. */
  static List<String> under(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> !file.equals(folder))
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
